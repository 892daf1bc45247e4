import type { Slot } from "@tandem/domain/slot";

/** What the ingress answered to a smoke call. */
export interface TrialAnswer {
  readonly status: number;
  /** The carrier document as text. */
  readonly document: string;
  /** The release stamp of the session that was pinned. */
  readonly slot: Slot | null;
  readonly bundleHash: string | null;
  readonly sessionId: string | null;
  readonly latencyMs: number;
}

/** A tool request made as the hosted agent would make it, through the media service. */
export interface TrialToolCall {
  readonly sessionId: string;
  readonly tool: string;
  readonly arguments: { readonly [name: string]: import("@tandem/kernel").Json };
}

export interface TrialToolResult {
  readonly status: number;
  readonly result: import("@tandem/kernel").Json;
}

/** Talks to the media service from outside, as carrier and agent do, signed with the tenant's own credentials. */
export interface IngressProbe {
  /** Fetches a nonce through the public URL: proves that what answers there is this installation. */
  reach(): Promise<{ readonly reached: boolean; readonly detail: string }>;
  /** Calls the ingress with a trial ticket that names the slot. */
  answer(tenantId: string, deploymentId: string, slot: Slot): Promise<TrialAnswer>;
  tool(tenantId: string, deploymentId: string, call: TrialToolCall): Promise<TrialToolResult>;
  /** Ends the trial session (status callback), so that it does not count as live. */
  hangUp(tenantId: string, deploymentId: string, sessionId: string): Promise<void>;
}
