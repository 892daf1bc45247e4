import type { Json } from "@tandem/kernel";
import type { CallerStep } from "@tandem/domain/manifest";
import type { RecordedTool, ReplayRun } from "@tandem/domain/replay";
import type { TurnRecord } from "@tandem/domain/session";
import type { Slot } from "@tandem/domain/slot";
import type { CarrierInstruction } from "./inbound.ts";

/** Faults that a smoke call puts into itself, and into no other call. */
export type TrialFault = "stt-outage" | "llm-outage" | "tts-outage" | "slow-tool";

/** What ends a smoke call and tells what it left behind, also from a process that did not place it. */
export interface TrialCall {
  readonly sessionId: string;
  /** The carrier's id of the call. */
  readonly callId: string;
  /** Origin (`http://…`) of the media node that holds the call; null: whichever answers. */
  readonly nodeOrigin: string | null;
}

/** What the ingress answered to a smoke call. */
export interface TrialAnswer {
  readonly status: number;
  /** The carrier document as text. */
  readonly document: string;
  /** What the carrier makes of the document, by its own reader; null when it connects nobody. */
  readonly instruction: CarrierInstruction | null;
  /** The release stamp of the session that was pinned. */
  readonly slot: Slot | null;
  readonly bundleHash: string | null;
  readonly sessionId: string | null;
  /** Null when no session was pinned. */
  readonly call: TrialCall | null;
  readonly latencyMs: number;
}

/** A tool request made as the hosted agent would make it, through the media service. */
export interface TrialToolCall {
  readonly sessionId: string;
  readonly tool: string;
  readonly arguments: { readonly [name: string]: Json };
}

export interface TrialToolResult {
  readonly status: number;
  readonly result: Json;
}

/** A tool of a smoke call. */
export interface TrialTool {
  readonly tool: string;
  readonly outcome: "success" | "empty" | "failure";
  readonly durationMs: number;
}

/** What the media service kept of a smoke call. */
export interface TrialTrace {
  readonly sessionId: string;
  readonly turns: readonly TurnRecord[];
  /** Every tool in the order in which they finished. */
  readonly tools: readonly TrialTool[];
  /** What its tools made at vendors: the tool's name, and the ids in its answer. */
  readonly made: readonly { readonly tool: string; readonly result: Json }[];
  /** Tools that have not finished yet. */
  readonly openTools: number;
  /** How the call ended; null while it goes on. */
  readonly ended: string | null;
  readonly handedOffTo: "human" | "emergency" | null;
}

/** How one step of a scripted caller came out. */
export interface SpokenStep {
  readonly do: CallerStep["do"];
  readonly ok: boolean;
  /** What was seen, or what was missing. */
  readonly detail: string;
  /** Milliseconds of the call at which it began. */
  readonly atMs: number;
}

/** What one side said without the other between. Milliseconds of the call. */
export interface SpokenTurn {
  readonly by: "caller" | "agent" | "carrier";
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Of the agent only: end of the caller's speech → first sound (or text) of the answer; null when it answered none. */
  readonly latencyMs: number | null;
  readonly wasInterrupted: boolean;
}

/** A smoke call as its caller heard it, beside what the service kept of it. */
export interface SpokenReport {
  readonly level: "spoken" | "text";
  /** Why the conversation could not be had at all; null: it was. */
  readonly trouble: string | null;
  /** Every step came out well. */
  readonly ok: boolean;
  /** Steps that were begun; after one that failed none is. */
  readonly steps: readonly SpokenStep[];
  readonly turns: readonly SpokenTurn[];
  /** Longest time without a sound while the caller waited for an answer; 0 for text. */
  readonly longestSilenceMs: number;
  /** Words that arrived damaged, without those that an interruption cut. */
  readonly damagedWords: number;
  readonly endedBy: "agent" | "caller" | "hand-off" | "nobody";
  readonly durationMs: number;
  /** Null when the service kept none, or could not be asked. */
  readonly trace: TrialTrace | null;
}

/** A scripted conversation to be had with a slot. */
export interface TrialScript {
  readonly steps: readonly CallerStep[];
  readonly faults: readonly TrialFault[];
  /** The caller hangs up at once. */
  readonly signal: AbortSignal;
  /**
   * Awaited between the answer and the first word: whoever places the call notes it, so that what it makes is found again. False: the
   * call is ended without a word.
   */
  readonly onAnswered: (answer: TrialAnswer) => Promise<boolean>;
}

/** A past call as it is said again. */
export interface ReplayTalk {
  /** Epoch milliseconds at which the past call was answered: what is said of days and times is meant from there. */
  readonly startedAtMs: number;
  /** E.164 of a caller who does not exist. */
  readonly from: string;
  /** What the caller says, turn by turn; empty: they are silent. */
  readonly said: readonly string[];
  /** What tools answer; nothing is asked of any vendor but the release's models. */
  readonly recorded: readonly RecordedTool[];
}

/** Talks to the media service from outside, as carrier, agent and caller do, signed with the tenant's own credentials. */
export interface IngressProbe {
  /** Fetches a nonce through the public URL: proves that what answers there is this installation. */
  reach(): Promise<{ readonly reached: boolean; readonly detail: string }>;
  /** Calls the ingress with a trial ticket that names the slot. */
  answer(tenantId: string, deploymentId: string, slot: Slot, faults?: readonly TrialFault[]): Promise<TrialAnswer>;
  /**
   * A spoken call: the audio stream that the carrier document names is opened as the carrier would, and a scripted caller talks. With
   * sandbox providers it speaks and hears readable tones; with real ones through the release's own first TTS and STT. Rejects when the
   * ingress cannot be asked.
   */
  call(tenantId: string, deploymentId: string, slot: Slot, script: TrialScript): Promise<SpokenReport>;
  /** The same steps as text over our custom-LLM socket, dialled as the hosted agent's vendor does. Rejects as `call`. */
  converse(tenantId: string, deploymentId: string, slot: Slot, script: TrialScript): Promise<SpokenReport>;
  /**
   * Has a past call again with the release of a slot, as text and without a vendor's write, whatever carries its voice. No session comes
   * of it. Rejects when the media service cannot be asked, has no release there, or on the signal.
   */
  replay(tenantId: string, deploymentId: string, slot: Slot, talk: ReplayTalk, signal: AbortSignal): Promise<ReplayRun>;
  tool(tenantId: string, deploymentId: string, call: TrialToolCall): Promise<TrialToolResult>;
  /** Ends the trial session (status callback), so that it does not count as live. */
  hangUp(tenantId: string, deploymentId: string, sessionId: string): Promise<void>;
  /** Ends a call that perhaps another process placed, and waits until its tools have finished. Null: nobody knows of it any more. */
  settle(tenantId: string, deploymentId: string, call: TrialCall): Promise<TrialTrace | null>;
}
