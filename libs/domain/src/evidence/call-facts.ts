import { type CallEvent, callFigures, type CallRow, FIGURE_EVENTS } from "../kpi/index.ts";

/** What one ended live call says about its release. No text and nobody's number. */
export interface CallFacts {
  /** The agent's to take: everything else (staff answered, diverted, refused, a machine took it) says nothing about a release. */
  readonly isAgents: boolean;
  /** Null for calls that no agent took. */
  readonly isBooked: boolean | null;
  /** Booked or handled by the agent to the end. Null for calls that no agent took, and for emergencies. */
  readonly isSelfServed: boolean | null;
  /** From answer to end, milliseconds; null for calls that no agent took. */
  readonly handlingMs: number | null;
  /** Dropped, lost, on the fallback, or an error of ours on the way, also when the call came to a good end. */
  readonly isError: boolean;
  /** The caller went within the first turns, or before anybody took the call. */
  readonly isHangUp: boolean;
  /** The agent was lost in mid-call, or the call with its node. */
  readonly isCrash: boolean;
  /** At least once more than 2 s without any sound while an answer was due. */
  readonly hasSilence: boolean;
  /** Response latency of each measured turn, openings apart, milliseconds. Never what a vendor reports. */
  readonly responseMs: readonly number[];
}

/** A caller who goes with no more answered turns than these went early. */
export const HANG_UP_TURNS = 2;
/** The same for hosted agents that record no turns: calls no longer than this. */
export const HANG_UP_MS = 20_000;
/** Turns of one call that are kept, the first ones. */
export const MOST_TURNS = 200;

const ERROR_EVENTS: ReadonlySet<string> = new Set([
  "fallback-asked",
  "agent-unreachable",
  "call-stalled",
  "call-defect",
]);
/** Events that `callFacts` reads; others may be left out. */
export const EVIDENCE_EVENTS: readonly string[] = [...FIGURE_EVENTS, "agent-socket-ended", ...ERROR_EVENTS];

const NOT_AGENTS: ReadonlySet<string> = new Set(["answered-by-staff", "diverted", "refused", "voicemail", "trial"]);
const CRASHED: ReadonlySet<string> = new Set(["dropped", "lost"]);
const FAILED: ReadonlySet<string> = new Set([...CRASHED, "fallback"]);
const SERVED: ReadonlySet<string> = new Set(["booked", "handled"]);
const ENDED_WELL: ReadonlySet<string> = new Set(["booked", "transferred", "emergency"]);

/** Folds one ended call. Payloads are taken as they come: what is missing or of another shape counts nothing. */
export function callFacts(row: CallRow, events: readonly CallEvent[]): CallFacts {
  const figures = callFigures(row, events);
  const outcome = row.disposition ?? "";
  const isTaken = figures.wasWithAgent && outcome !== "voicemail";
  const durationMs = row.endedAtMs === null ? 0 : Math.max(0, row.endedAtMs - row.startedAtMs);
  const isCrash = CRASHED.has(outcome) || hasEnd(events, "lost");
  return {
    isAgents: !NOT_AGENTS.has(outcome) || figures.wasWithAgent,
    isBooked: isTaken ? outcome === "booked" : null,
    isSelfServed: isTaken && outcome !== "emergency" ? SERVED.has(outcome) : null,
    handlingMs: isTaken ? durationMs : null,
    isError: FAILED.has(outcome) || isCrash || events.some(({ type }) => ERROR_EVENTS.has(type)),
    isHangUp:
      outcome === "abandoned" || (!ENDED_WELL.has(outcome) && isEarly(figures, durationMs) && isCallerGone(events)),
    isCrash,
    hasSilence: figures.freezes > 0,
    responseMs: responsesOf(events),
  };
}

const ENDS: ReadonlySet<string> = new Set(["stream-ended", "agent-socket-ended"]);
const hasEnd = (events: readonly CallEvent[], end: string): boolean =>
  events.some(({ type, payload }) => ENDS.has(type) && payload["end"] === end);

/** The caller ended it: as the carrier told our own engine, or as a hosted agent's vendor reports. */
const isCallerGone = (events: readonly CallEvent[]): boolean =>
  hasEnd(events, "caller-gone") ||
  events.some(({ type, payload }) => type === "agent-call-ended" && payload["endReason"] === "user_hangup");

const isEarly = ({ turns }: { readonly turns: number }, durationMs: number): boolean =>
  turns === 0 ? durationMs <= HANG_UP_MS : turns <= HANG_UP_TURNS;

function responsesOf(events: readonly CallEvent[]): number[] {
  return events
    .flatMap(({ type, payload }) => {
      const { turn, source, latency } = payload;
      if (type !== "turn-ended" || source !== "measured" || typeof turn !== "number" || turn <= 0) return [];
      const totalMs =
        typeof latency === "object" && latency !== null && "totalMs" in latency ? latency["totalMs"] : null;
      return typeof totalMs === "number" && Number.isFinite(totalMs) && totalMs >= 0 ? [totalMs] : [];
    })
    .slice(0, MOST_TURNS);
}
