import { type Clock, instant, type JsonObject } from "@tandem/kernel";
import type { Slot } from "@tandem/domain/slot";
import type { SessionRow } from "@tandem/ports/store/pointer-feed";
import type { Spool } from "../spool/spool.ts";
import { CallerLedger } from "./caller-ledger.ts";
import { laneOf, ownEventNumber, vendorEventNumber } from "./event-number.ts";
import { type Disposition, dispositionOf, type LiveSession, NO_FACTS, type SessionFacts } from "./live-session.ts";
import { isAgentHeld, LONGEST_CALL_MS, type SessionPin } from "./session-pin.ts";

/** How long a session is kept after its end, for late reports and callers who ring back. */
const KEPT_AFTER_END_MS = 10 * 60_000;
const LONGEST_TRIAL_MS = 5 * 60_000;
const LONGEST_UNHEARD_MS = 2 * 60_000;

/** Facts that the spool keeps even when it is full. */
const ESSENTIAL = new Set([
  "call-answered",
  "leg-ended",
  "tool-finished",
  "handed-off",
  "call-ended",
  "agent-unreachable",
  "stream-started",
  "stream-ended",
  "turn-ended",
  "call-metrics",
  "recording-removed",
]);

/** Whose call an event belongs to. */
type CallKey = Pick<LiveSession, "tenantId" | "deploymentId" | "sessionId">;

/** Every call of this node: who is on which slot, what happened, and what the database shall know of it. */
export class LiveSessions {
  readonly ledger = new CallerLedger();
  readonly #node: string;
  readonly #region: string;
  readonly #lane: number;
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #byId = new Map<string, LiveSession>();
  /** Deployment and caller → that caller's sessions: an answer must not look through every call of the node. */
  readonly #byCaller = new Map<string, Set<LiveSession>>();
  /** Called after each change, for the copy on disk. */
  onChange: () => void = () => undefined;
  /** Called with each fact of our own that is recorded. */
  onRecord: (session: LiveSession, type: string, payload: JsonObject) => void = () => undefined;

  constructor(options: { node: string; region?: string; spool: Spool; clock: Clock }) {
    this.#node = options.node;
    this.#region = options.region ?? "local";
    this.#lane = laneOf(options.node);
    this.#spool = options.spool;
    this.#clock = options.clock;
  }

  get(sessionId: string): LiveSession | undefined {
    return this.#byId.get(sessionId);
  }

  all(): readonly LiveSession[] {
    return [...this.#byId.values()];
  }

  /** Calls in progress on this node. */
  live(kind: LiveSession["kind"] = "live"): readonly LiveSession[] {
    return this.all().filter((session) => session.endedAtMs === null && session.kind === kind);
  }

  /** Calls in progress that a person is on: callers, and people who try a slot from a browser. A node that stops waits for them. */
  attended(): readonly LiveSession[] {
    return this.all().filter(
      ({ endedAtMs, kind, isTalk }) => endedAtMs === null && (kind === "live" || isTalk === true),
    );
  }

  /** Calls in progress of one caller. */
  liveOf(deploymentId: string, caller: string): readonly LiveSession[] {
    const sessions = this.#byCaller.get(`${deploymentId}/${caller}`) ?? [];
    return [...sessions].filter((session) => session.endedAtMs === null && session.kind === "live");
  }

  countOn(deploymentId: string, slot: Slot): number {
    return this.live().filter((session) => session.deploymentId === deploymentId && session.slot === slot).length;
  }

  /** Binds a call. The same call again (a carrier's retry) finds the session it already has. */
  open(pin: SessionPin, from: string | null, answered: JsonObject): LiveSession {
    const present = this.#byId.get(pin.sessionId);
    if (present !== undefined) return present;
    const session = this.#add(pin, from);
    this.#saveRow(session);
    this.record(session, "call-answered", {
      slot: pin.slot,
      release: pin.bundleHash,
      generation: pin.generation,
      ...answered,
    });
    return session;
  }

  /** The session of a signed token or stamp; one that was answered on another node, or before a restart, is taken over as it was pinned. */
  adopt(pin: SessionPin, from: string | null): LiveSession {
    return this.#byId.get(pin.sessionId) ?? this.#add(pin, from);
  }

  /** Appends an event of our own. */
  record(session: LiveSession, type: string, payload: JsonObject): void {
    session.seq = ownEventNumber(session.startedAtMs, this.#clock.now(), this.#lane, session.seq);
    this.#append(session, session.seq, type, payload);
    this.onRecord(session, type, payload);
  }

  /** Appends a vendor's report once; false when this report was recorded before. */
  recordReport(session: LiveSession, type: string, identity: string, payload: JsonObject): boolean {
    if (session.seen.has(identity)) return false;
    session.seen.add(identity);
    this.#append(session, vendorEventNumber(identity), type, payload);
    return true;
  }

  /** Appends what became of a call that is over; `payload.key` tells whether it is the same event again. */
  recordPast(call: CallKey, type: string, payload: JsonObject & { readonly key: string }): void {
    this.#append(call, vendorEventNumber(`${type} ${payload.key}`), type, payload);
  }

  note(session: LiveSession, facts: Partial<SessionFacts>): void {
    session.facts = { ...session.facts, ...facts };
    this.onChange();
  }

  /** Ends a call once; later reports change nothing. `disposition` overrides what the facts amount to. */
  end(session: LiveSession, atMs: number, disposition?: Disposition): void {
    if (session.endedAtMs !== null) return;
    session.endedAtMs = Math.max(atMs, session.startedAtMs);
    session.disposition = disposition ?? dispositionOf(session.kind, session.facts);
    const seconds = Math.round((session.endedAtMs - session.startedAtMs) / 1000);
    this.record(session, "call-ended", { disposition: session.disposition, seconds });
    this.#saveRow(session);
    if (session.kind === "live" && session.from !== null) this.#settle(session, session.from, seconds);
    this.onChange();
  }

  /** Seconds that a caller has used today, calls in progress included. */
  secondsToday(deploymentId: string, caller: string): number {
    const nowMs = this.#clock.now();
    const running = this.liveOf(deploymentId, caller);
    const runningMs = running.reduce((sum, session) => sum + nowMs - session.startedAtMs, 0);
    return this.ledger.secondsToday(deploymentId, caller, nowMs) + Math.round(runningMs / 1000);
  }

  /** Ends what cannot be going on any more and forgets what ended long ago. */
  sweep(): void {
    const nowMs = this.#clock.now();
    for (const session of this.all()) {
      const isOver = session.endedAtMs === null && nowMs - session.startedAtMs > longestMs(session);
      if (isOver) this.end(session, nowMs, overdueDisposition(session));
      if (session.endedAtMs !== null && nowMs - session.endedAtMs > KEPT_AFTER_END_MS) this.#forget(session);
    }
  }

  /** Takes back sessions of before a restart. */
  restore(sessions: readonly LiveSession[]): void {
    for (const session of sessions) this.#keep(session);
  }

  #add(pin: SessionPin, from: string | null): LiveSession {
    const session: LiveSession = {
      ...pin,
      from,
      facts: NO_FACTS,
      faults: [],
      agentCallId: null,
      briefing: null,
      endedAtMs: null,
      disposition: null,
      seq: -1,
      lastWrites: {},
      seen: new Set(),
      toolReplies: new Map(),
      made: [],
    };
    this.#keep(session);
    this.onChange();
    return session;
  }

  #keep(session: LiveSession): void {
    this.#byId.set(session.sessionId, session);
    if (session.from === null) return;
    const key = `${session.deploymentId}/${session.from}`;
    const sessions = this.#byCaller.get(key) ?? new Set();
    this.#byCaller.set(key, sessions.add(session));
  }

  #forget(session: LiveSession): void {
    this.#byId.delete(session.sessionId);
    const key = `${session.deploymentId}/${session.from}`;
    const sessions = this.#byCaller.get(key);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byCaller.delete(key);
  }

  #settle(session: LiveSession, caller: string, seconds: number): void {
    this.ledger.addSeconds(session.deploymentId, caller, seconds, session.endedAtMs ?? 0);
    if (!session.facts.hasDropped) return;
    const { slot, bundleHash, sessionId } = session;
    this.ledger.noteDropped(session.deploymentId, caller, {
      slot,
      bundleHash,
      sessionId,
      atMs: session.endedAtMs ?? 0,
    });
  }

  #append(call: CallKey, seq: number, type: string, payload: JsonObject): void {
    const { tenantId, deploymentId, sessionId } = call;
    const row = { tenantId, deploymentId, sessionId, seq, at: instant(this.#clock.now()), type, payload };
    this.#spool.append({ kind: "event", row }, ESSENTIAL.has(type));
    this.onChange();
  }

  #saveRow(session: LiveSession): void {
    this.#spool.append({ kind: "session", row: this.#rowOf(session) }, true);
  }

  #rowOf(session: LiveSession): SessionRow {
    const { tenantId, deploymentId, sessionId, callId, slot, bundleHash, generation, kind, from } = session;
    return {
      tenantId,
      deploymentId,
      sessionId,
      callId,
      slot,
      bundleHash,
      generation,
      kind,
      from,
      node: this.#node,
      region: this.#region,
      startedAt: instant(session.startedAtMs),
      endedAt: session.endedAtMs === null ? null : instant(session.endedAtMs),
      disposition: session.disposition,
    };
  }
}

/** An agent-held call whose start was never reported did not take place. */
const isUnheard = (session: LiveSession): boolean => isAgentHeld(session) && session.agentCallId === null;

function longestMs(session: LiveSession): number {
  if (session.kind === "trial" && session.isTalk !== true) return LONGEST_TRIAL_MS;
  return isUnheard(session) ? LONGEST_UNHEARD_MS : LONGEST_CALL_MS;
}

function overdueDisposition(session: LiveSession): Disposition {
  if (session.kind === "trial") return "trial";
  return isUnheard(session) ? "abandoned" : "lost";
}
