import { z } from "zod";
import type { Json } from "@tandem/kernel";
import { AccountRole, E164, Slug } from "../tenant/index.ts";
import { AgentKind, AgentProfile, LatencyTargets, ProviderChains } from "./agent.ts";
import { AnswerPolicy } from "./answer.ts";
import { authored } from "./authored.ts";
import { Conversation, Tool } from "./conversation.ts";
import { OutboundCalls } from "./outbound.ts";
import { Parameter, ParameterName } from "./parameter.ts";
import { EmergencyLine, HumanPath, Kpi, Policies, SmokeScenario } from "./policy.ts";
import { SemanticVersion } from "./semantic-version.ts";

const atMost =
  (limit: number) =>
  (members: object): boolean =>
    Object.keys(members).length <= limit;

/** `<role>.<noun>/<name>`, e.g. `voice-agent.agent/main`. */
export const Address = z
  .string()
  .max(120)
  .regex(
    /^(telephony|voice-agent|calendar|crm)\.[a-z]+(-[a-z]+)*\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "must be an address such as calendar.calendar/bookings",
  );

/** Kinds of agent that a part of the manifest is for; all when absent. A release of another kind is made without it. */
const forAgents = z.array(AgentKind).min(1).optional();

/** An account that the playbook needs: the vendors it was written for, with the scopes it needs at each. */
export const RoleRequirement = z.strictObject({
  forAgents,
  /** Adapter id → scopes in the words of that adapter. */
  vendors: z.record(Slug, z.array(z.string().min(1).max(120)).max(50)),
  /** Why it is needed, for the person who connects the account. */
  reason: z.string().min(1).max(300),
});

/** A vendor object that the playbook wants. Its kind is the address up to the slash. */
export const AuthoredResource = z.strictObject({
  owner: z.enum(["slot", "deployment", "connection"]),
  forAgents,
  /** Values, templates, and `{$ref: <address>, part: externalId | version}`. */
  fields: z.record(z.string(), z.json()),
  /** Kind of agent → fields that are added for it. A field stands either in `fields` or here. */
  fieldsFor: z.partialRecord(AgentKind, z.record(z.string(), z.json())).optional(),
  /** Addresses that must exist first although no reference says so; those of references are added. */
  dependsOn: z.array(Address).optional(),
});

/** A change that a person must know about before moving to this version. */
export const BreakingChange = z.strictObject({
  since: SemanticVersion,
  summary: z.string().min(1).max(300),
  migration: z.string().min(1).max(1000),
});

/**
 * The authored document. Leaves of the sections may be templates; after a deployment's values are filled in, each section is parsed
 * by its own strict schema.
 */
export const ManifestDocument = z.strictObject({
  /** Version of this format. */
  manifest: z.literal(1, "must be 1"),
  name: Slug,
  version: SemanticVersion,
  title: z.string().min(1).max(80),
  summary: z.string().min(1).max(400),
  parameters: z.record(ParameterName, Parameter).refine(atMost(200), "must have at most 200 parameters"),
  roles: z.partialRecord(AccountRole, RoleRequirement),
  resources: z.record(Address, AuthoredResource).refine(atMost(200), "must have at most 200 resources"),
  answer: authored(AnswerPolicy),
  agent: authored(AgentProfile),
  conversation: authored(Conversation),
  tools: z.array(authored(Tool)).max(40),
  providers: authored(ProviderChains),
  latency: authored(LatencyTargets),
  fallbackNumber: authored(E164),
  emergency: authored(EmergencyLine),
  humanPath: authored(HumanPath),
  policies: authored(Policies),
  /** Absent: the playbook answers calls and places none. */
  outbound: authored(OutboundCalls).optional(),
  smoke: z.array(authored(SmokeScenario)).max(100).min(1, "must hold at least one scenario"),
  kpis: z.array(authored(Kpi)).min(1, "must name at least one KPI"),
  breakingChanges: z.array(BreakingChange),
});

/**
 * One manifest, prompt files folded in. The types of the sections are those after the templates are filled in; before that, any text,
 * number, choice or list in them may still be a text with templates.
 */
export interface Manifest {
  readonly manifest: 1;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly roles: Readonly<Partial<Record<AccountRole, z.infer<typeof RoleRequirement>>>>;
  readonly resources: Readonly<Record<string, z.infer<typeof AuthoredResource>>>;
  readonly answer: AnswerPolicy;
  readonly agent: AgentProfile;
  readonly conversation: Conversation;
  readonly tools: readonly Tool[];
  readonly providers: ProviderChains;
  readonly latency: LatencyTargets;
  readonly fallbackNumber: string;
  readonly emergency: EmergencyLine;
  readonly humanPath: HumanPath;
  readonly policies: Policies;
  readonly outbound?: OutboundCalls;
  readonly smoke: readonly SmokeScenario[];
  readonly kpis: readonly Kpi[];
  readonly breakingChanges: readonly z.infer<typeof BreakingChange>[];
}

/** Sections that are resolved into the bundle, with the strict schema of each. `outbound` may be absent. */
export const manifestSections = {
  answer: AnswerPolicy,
  agent: AgentProfile,
  conversation: Conversation,
  tools: z.array(Tool),
  providers: ProviderChains,
  latency: LatencyTargets,
  fallbackNumber: E164,
  emergency: EmergencyLine,
  humanPath: HumanPath,
  policies: Policies,
  outbound: OutboundCalls,
  smoke: z.array(SmokeScenario),
  kpis: z.array(Kpi),
} as const;
export type ManifestSection = keyof typeof manifestSections;

/** The manifest as plain JSON: what is hashed and stored. */
export const manifestJson = (manifest: Manifest): Json => manifest as unknown as Json;

/** The role that a resource's address begins with. */
export function roleOf(address: string): AccountRole {
  const area = address.slice(0, address.indexOf("."));
  return area === "voice-agent" ? "voiceAgent" : (area as AccountRole);
}

/** The kind of the resource at an address: `voice-agent.agent/main` → `voice-agent.agent`. */
export const kindOfAddress = (address: string): string => address.slice(0, address.indexOf("/"));
