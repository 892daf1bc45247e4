import type { Probe } from "./probe.ts";

/** A call registered with the hosted agent before its leg is connected. */
export interface RegisteredCall {
  /** The vendor's call id. */
  readonly agentCallId: string;
  /** What the carrier must dial to reach the agent, e.g. `sip:<id>@host`. */
  readonly sipUri: string;
}

export interface RegisterCall {
  readonly agentId: string;
  readonly agentVersion: number;
  readonly from: string;
  readonly to: string;
  readonly direction: "inbound" | "outbound";
  /** Carried on every webhook of the call: the signed `(slot, release, generation)` stamp and our session id. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Variables the agent's prompt may use; must hold those of `callVariables` in `@tandem/domain/release`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One of the agents that share a number's calls. */
export interface AgentShare {
  readonly agentId: string;
  /** Null: whichever is the newest. */
  readonly agentVersion: number | null;
  /** Of the number's calls, basis points; those of a number add up to 10000. */
  readonly weightBp: number;
}

/** Numbers that the vendor holds itself: whom it lets answer where our webhook does not say. Errors: `VendorError`. */
export interface HeldNumbers {
  /** Null when the account does not hold the number. */
  agentsOf(number: string): Promise<readonly AgentShare[] | null>;
  setAgents(number: string, shares: readonly AgentShare[]): Promise<void>;
}

/** An account with a hosted voice agent. Errors: `VendorError`. */
export interface VoiceAgent extends Probe {
  /** Absent where the vendor holds no numbers. */
  readonly heldNumbers?: HeldNumbers;
  concurrency(): Promise<{ readonly current: number; readonly limit: number | null }>;
}

/** The one call that the answer path makes. Implemented with `fetch` only (no SDK), total deadline 1.5 s, never retried. */
export interface CallRegistrar {
  registerCall(call: RegisterCall, signal?: AbortSignal): Promise<RegisteredCall>;
}
