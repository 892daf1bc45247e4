import type { Json } from "@tandem/kernel";
import type { LastWrite } from "../tool-host/tool-key.ts";
import type { CallFault } from "../pipeline/call-line.ts";
import type { LegKind, SessionPin } from "./session-pin.ts";

/** Closed outcome of a call. */
export type Disposition =
  | "booked"
  | "transferred"
  | "emergency"
  | "answered-by-staff"
  | "handled"
  | "fallback"
  | "diverted"
  | "dropped"
  | "refused"
  | "voicemail"
  | "abandoned"
  | "lost"
  | "trial";

/** What happened on a call so far, as far as its outcome depends on it. */
export interface SessionFacts {
  /** Kinds of legs that somebody or something picked up. */
  readonly answeredLegs: readonly LegKind[];
  /** The leg that is being dialled or talked on; null between documents. */
  readonly openLeg: LegKind | null;
  readonly bookingId: string | null;
  readonly contactId: string | null;
  readonly handedOffTo: "human" | "emergency" | null;
  /** The agent was lost in mid-call or could not be reached. */
  readonly hasDropped: boolean;
  readonly isDiverted: boolean;
  readonly isRefused: boolean;
  /** A machine took the call that we placed. */
  readonly isVoicemail: boolean;
  /** How our own engine's audio stream ended: by our word or the caller's; null while it runs, and when this node knows of no end. */
  readonly streamEnd: StreamEnd | null;
  /** Highest agent leg of this call that has had its stream here; 0 before the first. One leg has one stream. */
  readonly streamAttempt: number;
}

/** `hang-up` and `hand-off`: we ended it · `caller-gone`: the carrier told its end · `lost`: it broke, or we failed. */
export type StreamEnd = "hang-up" | "hand-off" | "caller-gone" | "lost";

/** A call on this node, from answer until ten minutes after its end. */
export interface LiveSession extends SessionPin {
  /** The other party in E.164: who calls, or who we call; null when withheld or when the call was answered on another node. */
  readonly from: string | null;
  facts: SessionFacts;
  /** Faults that a smoke scenario put into this trial call; none on live calls. */
  faults: readonly CallFault[];
  agentCallId: string | null;
  /** What the person who takes the call over is told of it: personal, in memory only. Null until it is handed over. */
  briefing: string | null;
  /** Epoch milliseconds; null while the call goes on. */
  endedAtMs: number | null;
  disposition: Disposition | null;
  /** Highest own event number so far. */
  seq: number;
  /** Last write of each group of tool operations. */
  lastWrites: Readonly<Record<string, LastWrite>>;
  /** Identities of vendor reports already recorded. */
  readonly seen: Set<string>;
  /** Idempotency key → what a tool answered, or will. */
  readonly toolReplies: Map<string, ToolReply>;
  /** What tools of a trial call made at vendors, ids only; empty on live calls. */
  readonly made: { readonly tool: string; readonly result: Json }[];
}

/** The one answer to a tool request, however often it is asked. */
export interface ToolReply {
  /** Null while the tool runs. */
  reply: Json;
  readonly done: Promise<Json>;
}

export const NO_FACTS: SessionFacts = {
  answeredLegs: [],
  openLeg: null,
  bookingId: null,
  contactId: null,
  handedOffTo: null,
  hasDropped: false,
  isDiverted: false,
  isRefused: false,
  isVoicemail: false,
  streamEnd: null,
  streamAttempt: 0,
};

/** The outcome that the facts amount to, most telling first. */
export function dispositionOf(kind: LiveSession["kind"], facts: SessionFacts): Disposition {
  if (kind === "trial") return "trial";
  if (facts.isRefused) return "refused";
  if (facts.isVoicemail) return "voicemail";
  if (facts.handedOffTo === "emergency") return "emergency";
  if (facts.bookingId !== null) return "booked";
  if (facts.handedOffTo === "human") return "transferred";
  if (facts.isDiverted) return "diverted";
  if (facts.answeredLegs.includes("staff")) return "answered-by-staff";
  if (facts.answeredLegs.includes("fallback")) return "fallback";
  if (facts.hasDropped) return "dropped";
  const isServed = facts.answeredLegs.includes("agent") || facts.answeredLegs.includes("stream");
  return isServed ? "handled" : "abandoned";
}
