import type { Diagnostic, Json } from "@tandem/kernel";
import {
  AgentKind,
  chainsOf,
  exactTemplate,
  isForAgent,
  type Manifest,
  type Parameter,
  type ProviderKind,
} from "../manifest/index.ts";
import { type AccountRole, type Overlay, providerRole, type Role, type ValueSource } from "../tenant/index.ts";
import { parametersUsedBy } from "./parameter-use.ts";
import { type Overlays, type ResolvedParameters, resolveParameters } from "./resolve-parameters.ts";

/** A parameter as a form asks for it. */
export interface FormField {
  readonly name: string;
  readonly parameter: Parameter;
  /** The value in force; null when nobody sets one. */
  readonly value: Json;
  /** The layer that it comes from; null when nobody sets one. */
  readonly source: ValueSource | null;
  /** What each layer says; a layer that says nothing is absent, one that takes the value away says null. */
  readonly layers: { readonly playbook?: Json; readonly tenant?: Json; readonly deployment?: Json };
  /** Kinds of agent whose releases use it; null: all of them, or none. */
  readonly agents: readonly AgentKind[] | null;
  /** For hours and days: the parameter whose time zone they are in; null for others, and where the playbook fixes the zone. */
  readonly timeZoneOf: string | null;
  /** For voices: the account whose voice it is. */
  readonly voiceOf: Role | null;
}

/** An account that a deployment names. */
export interface FormAccount {
  readonly role: Role;
  readonly reason: string;
  /** Kinds of agent that need it; null: all. */
  readonly agents: readonly AgentKind[] | null;
  /** Vendors that the playbook was written for, with the scopes it needs at each; empty for a provider, which any vendor may offer. */
  readonly vendors: Readonly<Record<string, readonly string[]>>;
  /** What a provider must be; empty for other roles. */
  readonly kinds: readonly ProviderKind[];
}

/** What a person fills in to configure a deployment of a playbook. */
export interface ConfigurationForm {
  /** `parameter`: the one that chooses the kind; null where the playbook fixes it. `kind`: null when it is not chosen yet. */
  readonly agent: { readonly parameter: string | null; readonly kind: AgentKind | null };
  readonly fields: readonly FormField[];
  readonly accounts: readonly FormAccount[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `order`: names of parameters as the author wrote them; others follow as the manifest has them. */
export function configurationForm(
  manifest: Manifest,
  overlays: Overlays,
  order: readonly string[] = [],
): ConfigurationForm {
  const resolved = resolveParameters(manifest, overlays);
  const parameter = parameterOf(manifest.agent.kind);
  const kind = AgentKind.safeParse(parameter === null ? manifest.agent.kind : resolved.values[parameter]?.value);
  const uses = new Map(possibleKinds(manifest, parameter).map((each) => [each, parametersUsedBy(manifest, each)]));
  const names = Object.keys(manifest.parameters).toSorted((a, b) => placeOf(order, a) - placeOf(order, b));
  return {
    agent: { parameter, kind: kind.success ? kind.data : null },
    fields: names.flatMap((name) => {
      const declared = manifest.parameters[name];
      return declared === undefined ? [] : [fieldOf({ manifest, overlays, resolved, uses }, name, declared)];
    }),
    accounts: [...roleAccounts(manifest), ...providerAccounts(manifest, [...uses.keys()])],
    diagnostics: resolved.diagnostics,
  };
}

const placeOf = (order: readonly string[], name: string): number => {
  const place = order.indexOf(name);
  return place === -1 ? order.length : place;
};

/** The parameter that a value is exactly one template of; null for everything else. */
function parameterOf(value: unknown): string | null {
  const name = typeof value === "string" ? exactTemplate(value) : null;
  return name?.startsWith("parameters.") === true ? name.slice("parameters.".length) : null;
}

/** Kinds of agent that a deployment of the playbook can have. */
function possibleKinds({ agent, parameters }: Manifest, parameter: string | null): readonly AgentKind[] {
  const declared = parameter === null ? undefined : parameters[parameter];
  if (declared?.type === "choice")
    return AgentKind.options.filter((kind) => declared.choices.some(({ value }) => value === kind));
  const literal = AgentKind.safeParse(agent.kind);
  return literal.success ? [literal.data] : AgentKind.options;
}

interface Known {
  readonly manifest: Manifest;
  readonly overlays: Overlays;
  readonly resolved: ResolvedParameters;
  readonly uses: ReadonlyMap<AgentKind, ReadonlySet<string>>;
}

function fieldOf({ manifest, overlays, resolved, uses }: Known, name: string, parameter: Parameter): FormField {
  const inForce = resolved.values[name];
  const users = [...uses].filter(([, names]) => names.has(name)).map(([kind]) => kind);
  return {
    name,
    parameter,
    value: inForce?.value ?? null,
    source: inForce?.source ?? null,
    layers: {
      ...(parameter.default !== undefined && { playbook: parameter.default }),
      ...saidBy("tenant", overlays.tenant, name),
      ...saidBy("deployment", overlays.deployment, name),
    },
    agents: users.length === 0 || users.length === uses.size ? null : users,
    timeZoneOf: zoned.has(parameter.type) ? parameterOf(manifest.answer.schedule.timeZone) : null,
    voiceOf: parameter.type === "voice" ? voiceOf(manifest, name) : null,
  };
}

const zoned: ReadonlySet<Parameter["type"]> = new Set(["weekly-hours", "holidays", "schedule-overrides"]);

function saidBy(layer: "tenant" | "deployment", overlay: Overlay, name: string): { [layer in string]?: Json } {
  const value = Object.hasOwn(overlay, name) ? overlay[name] : undefined;
  return value === undefined ? {} : { [layer]: value };
}

function voiceOf({ providers, resources }: Manifest, name: string): Role | null {
  const spoken = providers.tts.find(({ voice }) => parameterOf(voice) === name);
  if (spoken !== undefined) return providerRole(spoken.provider);
  const isHosted = Object.entries(resources).some(
    ([address, { fields }]) =>
      address.startsWith("voice-agent.") && Object.values(fields).some((field) => parameterOf(field) === name),
  );
  return isHosted ? "voiceAgent" : null;
}

const roleAccounts = ({ roles }: Manifest): FormAccount[] =>
  (Object.keys(roles) as AccountRole[]).toSorted().flatMap((role) => {
    const need = roles[role];
    if (need === undefined) return [];
    return [{ role, reason: need.reason, agents: need.forAgents ?? null, vendors: need.vendors, kinds: [] }];
  });

/** One account for each provider that a chain names, for the kinds of agent that speak through the chain. */
function providerAccounts({ providers }: Manifest, kinds: readonly AgentKind[]): FormAccount[] {
  const links = (["stt", "llm", "tts"] as const).flatMap((kind) =>
    providers[kind].map(({ provider }) => ({ kind, provider })),
  );
  const names = [...new Set(links.map(({ provider }) => provider))].filter((name) => !name.includes("{{")).toSorted();
  return names.flatMap((name) => {
    const served = [...new Set(links.filter(({ provider }) => provider === name).map(({ kind }) => kind))];
    const agents = kinds.filter((agent) => chainsOf[agent].some((chain) => served.includes(chain)));
    if (agents.length === 0) return [];
    const reason = `The agent speaks through ${name}: ${served.map((kind) => chainWords[kind]).join(", ")}.`;
    return [
      {
        role: providerRole(name),
        reason,
        agents: agents.length === kinds.length ? null : agents,
        vendors: {},
        kinds: served,
      },
    ];
  });
}

const chainWords = { stt: "hears callers", llm: "thinks", tts: "speaks" } as const satisfies Record<
  ProviderKind,
  string
>;

/** Whether a deployment with this kind of agent needs an account or a value; without a kind everything may be needed. */
export const isNeededBy = (part: { readonly agents: readonly AgentKind[] | null }, kind: AgentKind | null): boolean =>
  kind === null || isForAgent({ forAgents: part.agents ?? undefined }, kind);
