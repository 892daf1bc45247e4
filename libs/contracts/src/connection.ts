import { CredentialState, Environment, SmokeWrites } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText, JsonMembers } from "./json.ts";
import { pageOf } from "./page.ts";

const ConnectionName = z.string().min(1).max(63).describe("What people call it; unique within the tenant.");

/** What is left out stays as it is. Everything refers to a connection by its id: another name changes no release. */
export const ChangeConnection = z.strictObject({ name: ConnectionName.optional() }).meta({ id: "ChangeConnection" });
export type ChangeConnection = z.infer<typeof ChangeConnection>;

export const CreateConnection = z
  .strictObject({
    name: ConnectionName,
    vendor: z.string().min(1).max(63),
    endpoint: z.enum(["vendor", "sandbox"]).default("vendor"),
    config: JsonMembers.default({}),
    smokeWrites: SmokeWrites.default("none"),
  })
  .meta({ id: "CreateConnection" });
export type CreateConnection = z.infer<typeof CreateConnection>;

export const Connection = z
  .object({
    id: z.uuid(),
    name: z.string(),
    vendor: z.string(),
    endpoint: z.enum(["vendor", "sandbox"]),
    config: JsonMembers,
    smokeWrites: SmokeWrites,
    credentialVersion: z.int().nullable(),
  })
  .meta({ id: "Connection" });
export const ConnectionPage = pageOf("ConnectionPage", Connection);

/** Write-only: the secrets that the vendor's descriptor names. Nobody reads them back. */
export const PutCredential = z
  .strictObject({ secrets: z.record(z.string().max(63), z.string().min(1).max(16_384)) })
  .meta({ id: "PutCredential" });
export type PutCredential = z.infer<typeof PutCredential>;
export const CredentialVersion = z.object({ version: z.int() }).meta({ id: "CredentialVersion" });

/** What a vendor said of a credential when it was tested. */
export const ShownAccount = z
  .object({
    account: z.string().nullable(),
    status: z.string(),
    expiresAt: z.string().nullable(),
    grantedScopes: z.array(z.string()).nullable().describe("Null: the vendor does not tell."),
    missingScopes: z.array(z.string()).nullable(),
  })
  .meta({ id: "ShownAccount" });

/** How a connection stands: its newest credential, its last test, and who uses it. */
export const ConnectionStanding = z
  .object({
    connectionId: z.uuid(),
    credential: z
      .object({
        version: z.int(),
        state: CredentialState,
        detail: z.string().nullable(),
        since: InstantText,
      })
      .nullable()
      .describe("The newest version, whatever became of it."),
    lastTest: z
      .object({
        checkId: z.uuid(),
        state: z.enum(["pending", "done", "failed"]),
        askedBy: z.string(),
        askedAt: InstantText,
        finishedAt: InstantText.nullable(),
        shown: ShownAccount.nullable(),
        code: z.string().nullable(),
        detail: z.string().nullable(),
      })
      .nullable(),
    deployments: z.array(z.object({ name: z.string(), environment: Environment, roles: z.array(z.string()) })),
  })
  .meta({ id: "ConnectionStanding" });
export const ConnectionStandingPage = pageOf("ConnectionStandingPage", ConnectionStanding);

const Voice = z.object({
  id: z.string().describe("What a parameter of type `voice` holds."),
  name: z.string(),
  language: z.string().nullable().describe("BCP 47 or its first part; null: the vendor does not tell."),
  note: z.string().describe("What tells it from others in few words; may be empty."),
  previewUrl: z.string().nullable().describe("https address of a sample."),
});

/** What a worker leaves when it has asked an account for its voices. */
export const VoiceListing = z.object({
  voices: z.array(Voice),
  isWhole: z.boolean().describe("False: the account has more than are listed."),
});

/** Voices of a connection's account as they were read last. */
export const ConnectionVoices = z
  .object({
    isListed: z.boolean().describe("Whether the vendor tells the voices of an account at all."),
    asOf: InstantText.nullable().describe("When they were read; null: not yet."),
    ...VoiceListing.shape,
    look: z
      .object({
        checkId: z.uuid(),
        state: z.enum(["pending", "done", "failed"]),
        askedAt: InstantText,
        code: z.string().nullable(),
        detail: z.string().nullable(),
      })
      .nullable()
      .describe("The newest look, whatever became of it; null before the first."),
  })
  .meta({ id: "ConnectionVoices" });

/** What a person must know to connect a vendor. */
export const Vendor = z
  .object({
    id: z.string(),
    title: z.string(),
    roles: z.array(z.string()),
    providers: z
      .record(z.string(), z.array(z.enum(["stt", "llm", "tts"])))
      .describe("Provider name → what it can be; a deployment connects it as `provider.<name>`."),
    configSchema: z.json().describe("JSON Schema of `config`."),
    secrets: z.array(z.object({ name: z.string(), label: z.string(), hint: z.string(), isOptional: z.boolean() })),
    requiredScopes: z.record(z.string(), z.string()).describe("Scope → why it is needed."),
    setUp: z
      .array(
        z.object({
          text: z.string(),
          at: z.string().nullable().describe("Page of the vendor at which it is done."),
          gives: z.array(z.string()).describe("Secrets and members of `config` that it yields."),
          onlyFor: z
            .object({ member: z.string(), value: z.string() })
            .nullable()
            .describe("Only for connections whose `config` has this member with this value."),
        }),
      )
      .describe("How a person connects an account, in order. Test the connection afterwards."),
    resources: z.array(z.object({ kind: z.string(), owner: z.string(), identity: z.string() })),
  })
  .meta({ id: "Vendor" });
export const VendorPage = pageOf("VendorPage", Vendor);
