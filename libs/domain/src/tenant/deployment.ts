import { z } from "zod";

/** Where a deployment stands; policies, approvals and smoke writes depend on it. */
export const Environment = z.enum(["production", "staging", "development"]);
export type Environment = z.infer<typeof Environment>;

/** What a playbook declares that it needs an account for. */
export const AccountRole = z.enum(["telephony", "voiceAgent", "calendar", "crm"]);
export type AccountRole = z.infer<typeof AccountRole>;

/** The account behind one provider of the chains, e.g. `provider.deepgram`: needed because a chain names it, declared nowhere else. */
export type ProviderRole = `provider.${string}`;
export const ProviderRole = z.templateLiteral([
  "provider.",
  z.string().regex(/[a-z][a-z0-9]{0,39}(?:-[a-z0-9]{1,39}){0,4}/),
]) as z.ZodType<ProviderRole, ProviderRole>;

/** What a deployment names a connection for: each role its playbook requires, and each provider its agent speaks through. */
export const Role = z.union(
  [AccountRole, ProviderRole],
  `must be ${AccountRole.options.join(", ")} or provider.<name>`,
);
export type Role = z.infer<typeof Role>;

/** Something for some of the roles. */
export type ByRole<Value> = { [role in AccountRole]?: Value } & { [role: ProviderRole]: Value };

/** The role of the account behind a provider. */
export const providerRole = (provider: string): ProviderRole => `provider.${provider}`;

/** A phone number in E.164 with its plus sign, e.g. `+15551234567`. */
export const E164 = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, "must be a phone number in E.164 such as +15551234567, in quotes");
export type E164 = z.infer<typeof E164>;

/** A name for people and URLs: lower-case words joined by single hyphens, at most 63 characters. */
export const Slug = z
  .string()
  .max(63)
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "must be lower-case letters, digits and single hyphens, beginning with a letter",
  );

/** Parameter values that a tenant or a deployment sets over the playbook's defaults: parameter name → value. */
export type Overlay = { readonly [parameter: string]: import("@tandem/kernel").Json };

/** Which layer a resolved value comes from. */
export const ValueSource = z.enum(["playbook", "tenant-overlay", "deployment-overlay", "system"]);
export type ValueSource = z.infer<typeof ValueSource>;

/** The durable thing: a name within tenant × playbook × environment, owning two slots and one pointer. */
export interface Deployment {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly playbook: string;
  readonly environment: Environment;
  /** Random, unguessable key of the stable carrier address `/voice/<ingressKey>`. Lower-case base32hex, 26 characters. */
  readonly ingressKey: string;
  /** The number that callers dial; null until one is configured. */
  readonly number: E164 | null;
  /** Role → connection id. */
  readonly connections: ByRole<string>;
  readonly overlay: Overlay;
  /** Counts edits of overlay, number and connections; the ETag of the configuration. */
  readonly configVersion: number;
}
