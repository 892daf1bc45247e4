import type { Clock, JsonObject, Secret } from "@tandem/kernel";
import type { Role } from "@tandem/domain/tenant";
import type { z } from "zod";
import type { Calendar } from "./calendar.ts";
import type { Crm } from "./crm.ts";
import type { Telephony } from "./telephony.ts";
import type { VendorResources } from "./vendor-resources.ts";
import type { Probe } from "./probe.ts";
import type { VoiceAgent } from "./voice-agent.ts";
import type { Voices } from "./voices.ts";

/** How the vendor lets us find our own object again (engine.md §1.3). */
export type Identity = "native-key" | "client-id" | "unique-name" | "natural" | "tag-search" | "none";

/** One kind of vendor object: its owner, its shape and how safely it can be written. */
export interface ResourceKind {
  /** `<area>.<noun>`, e.g. `voice-agent.agent`. */
  readonly kind: string;
  readonly owner: "slot" | "deployment" | "connection";
  readonly identity: Identity;
  /** Longest time until a doubtful write is either visible or will never be: late processing plus list lag, milliseconds. */
  readonly settleMs: number;
  /** Strict schema of the managed fields; strings may also be references while a plan is made. */
  readonly fields: z.ZodType;
  /** Writes that one `create` / `update` change compiles to, in order. A kind without updates has an empty `onUpdate`: it is replaced. */
  readonly onCreate: readonly ("create" | "publish")[];
  readonly onUpdate: readonly ("draft" | "update" | "publish")[];
  /**
   * Fields whose change needs a replacement (dotted paths); the rest can be updated in place. A reference whose target is replaced
   * counts as changed: an agent whose `llmId` is listed here is replaced together with its LLM, dependents deleted first.
   */
  readonly replaceOn: readonly string[];
  /**
   * Lists that an update only adds to (path → the member that identifies an item): an item no longer wanted stays at the vendor, so
   * observed items beyond the wanted ones are not a difference. Absent: updates write exactly what is wanted.
   */
  readonly additive?: Readonly<Record<string, string>>;
  /** True when a removal loses data for good (a CRM property that holds values). */
  readonly removalIsIrreversible: boolean;
  /** What callers notice when it changes; null when nothing. */
  readonly callerEffect: string | null;
}

/** A secret that a connection needs. */
export interface SecretField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** True when the connection works without it (a second token while rotating). */
  readonly isOptional?: true;
}

/** One thing to do at the vendor when an account is connected. Short and true; `README.md` of the adapter says more. */
export interface SetUpStep {
  readonly text: string;
  /** Page of the vendor at which it is done; absent when it is done here. */
  readonly at?: string;
  /** Secrets and members of the config that it yields. */
  readonly gives?: readonly string[];
  /** Only for connections whose config has this member with this value. */
  readonly onlyFor?: { readonly member: string; readonly value: string };
}

/** What a provider of a chain can be. */
export type ProviderKind = "stt" | "llm" | "tts";

/** Everything about a vendor that is cheap to know: no SDK is loaded for it. */
export interface AdapterDescriptor {
  /** Company in kebab-case: the folder's name. */
  readonly id: string;
  readonly title: string;
  readonly roles: readonly Role[];
  /**
   * Provider name as chains write it → the kinds it can be. One account serves one provider name; most vendors have one of their own
   * name, an OpenAI-compatible adapter has one for each service it knows.
   */
  readonly providers?: Readonly<Record<string, readonly ProviderKind[]>>;
  /** Strict schema of the connection's non-secret config. */
  readonly config: z.ZodType;
  readonly secrets: readonly SecretField[];
  /** How a person connects an account, in order. */
  readonly setUp: readonly SetUpStep[];
  /** Scope → why it is needed; what preflight compares with what was granted. */
  readonly requiredScopes: Readonly<Record<string, string>>;
  readonly resources: readonly ResourceKind[];
  /** True when its connections tell the voices of their account. */
  readonly listsVoices?: true;
  readonly limits: { readonly requestsPerSecond: number; readonly note: string };
  /** Name of the base-URL override that the sandbox uses, e.g. `twilio`. */
  readonly sandboxName: string;
}

/** What an adapter is opened with. `baseUrl` is null for the vendor's own hosts. */
export interface ConnectionContext {
  readonly connectionId: string;
  readonly config: JsonObject;
  /** Secret name → value. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly baseUrl: string | null;
  readonly clock: Clock;
  /** Total deadline of each call, milliseconds. */
  readonly deadlineMs: number;
}

/** An open connection: the ports that this vendor implements. */
export interface OpenConnection {
  readonly resources: VendorResources;
  readonly telephony?: Telephony;
  readonly voiceAgent?: VoiceAgent;
  readonly calendar?: Calendar;
  readonly crm?: Crm;
  /** Answers for the credential of a vendor that has no port above (STT, LLM, TTS). */
  readonly account?: Probe;
  /** The account's voices, where the descriptor has `listsVoices`. */
  readonly voices?: Voices;
  close(): Promise<void>;
}

/** One vendor folder as seen from outside; `open` loads the SDK on first use. */
export interface Adapter {
  readonly descriptor: AdapterDescriptor;
  open(context: ConnectionContext): Promise<OpenConnection>;
}

/** Names an adapter; keeps its exact type. */
export const defineAdapter = (descriptor: AdapterDescriptor, open: Adapter["open"]): Adapter => ({ descriptor, open });
