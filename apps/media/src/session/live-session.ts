import type { Json } from "@tandem/kernel";
import type { LastWrite } from "../tool-host/tool-key.ts";
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
}

/** A call on this node, from answer until ten minutes after its end. */
export interface LiveSession extends SessionPin {
  /** Caller in E.164; null when withheld or when the call was answered on another node. */
  readonly from: string | null;
  facts: SessionFacts;
  agentCallId: string | null;
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
};

/** The outcome that the facts amount to, most telling first. */
export function dispositionOf(kind: LiveSession["kind"], facts: SessionFacts): Disposition {
  if (kind === "trial") return "trial";
  if (facts.isRefused) return "refused";
  if (facts.handedOffTo === "emergency") return "emergency";
  if (facts.bookingId !== null) return "booked";
  if (facts.handedOffTo === "human") return "transferred";
  if (facts.isDiverted) return "diverted";
  if (facts.answeredLegs.includes("staff")) return "answered-by-staff";
  if (facts.answeredLegs.includes("fallback")) return "fallback";
  if (facts.hasDropped) return "dropped";
  return facts.answeredLegs.includes("agent") ? "handled" : "abandoned";
}
