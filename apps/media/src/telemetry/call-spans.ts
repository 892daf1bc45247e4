import { type Clock, type Json, type JsonObject } from "@tandem/kernel";
import type { LatencyParts, TurnRecord } from "@tandem/domain/session";
import { rootSpanId, type SpanFacts, type Spans } from "@tandem/telemetry";
import type { LiveSession } from "../session/live-session.ts";
import { traceIdOf } from "./trace-id.ts";

/** A call's response, in the order in which its parts follow each other. */
const PARTS: readonly (readonly [Exclude<keyof LatencyParts, "totalMs">, string])[] = [
  ["transcribeMs", "transcribe"],
  ["endOfTurnMs", "end-of-turn"],
  ["modelMs", "model"],
  ["speechMs", "speech"],
  ["sendMs", "send"],
  ["networkMs", "network"],
];
/** Facts that stand in a trace as moments. */
const MOMENTS = new Set([
  "provider-failed",
  "breaker-opened",
  "call-stalled",
  "call-defect",
  "handed-off",
  "agent-unreachable",
  "fallback-asked",
]);
/** Members of recorded facts that a trace may show: codes and figures, never words or callers. */
const SHOWN = [
  "kind",
  "provider",
  "fault",
  "phase",
  "waitingFor",
  "to",
  "code",
  "errorCode",
  "attempt",
  "decision",
  "reason",
  "end",
];

/**
 * One trace per call, made from what is recorded of it after it happened: nothing of this runs while audio is handled. The trace's id is
 * the session's.
 */
export class CallSpans {
  readonly #spans: Spans;
  readonly #clock: Clock;
  readonly #region: string;
  /** Session → when its conversation began. */
  readonly #began = new Map<string, number>();

  constructor(options: { readonly spans: Spans; readonly clock: Clock; readonly region: string }) {
    this.#spans = options.spans;
    this.#clock = options.clock;
    this.#region = options.region;
  }

  /** Takes one recorded fact; never throws. */
  readonly note = (session: LiveSession, type: string, payload: JsonObject): void => {
    if (!this.#spans.keeps(traceIdOf(session))) return;
    const nowMs = this.#clock.now();
    switch (type) {
      case "call-decided":
        return void this.#tell(session, { name: "answer", startMs: session.startedAtMs, endMs: nowMs, shown: payload });
      case "stream-started":
      case "agent-socket-started":
        return void this.#began.set(session.sessionId, nowMs);
      case "turn-ended":
        return this.#turn(session, payload as unknown as TurnRecord, nowMs);
      case "stream-ended":
      case "agent-socket-ended":
        return this.#conversation(session, nowMs, payload);
      case "call-ended":
        return this.#call(session);
      default:
        if (MOMENTS.has(type)) this.#tell(session, { name: type, startMs: nowMs, endMs: nowMs, shown: payload });
    }
  };

  #turn(session: LiveSession, record: TurnRecord, nowMs: number): void {
    const { latency, durationMs = 0, tools, providers } = record;
    const startMs = nowMs - Math.max(durationMs, latency?.totalMs ?? 0);
    const parentId = this.#tell(session, {
      name: "turn",
      startMs,
      endMs: nowMs,
      shown: {
        turn: record.turn,
        objective: record.objective,
        source: record.source,
        wasInterrupted: record.wasInterrupted,
        wasSpeculative: record.wasSpeculative,
        retries: record.retries,
        tools: tools.map(({ tool }) => tool).join(","),
        ...named("provider", { stt: providers.stt, llm: providers.llm, tts: providers.tts }),
      },
    });
    if (latency === null) return;
    let atMs = startMs;
    for (const [part, name] of PARTS) {
      const endMs = atMs + latency[part];
      if (latency[part] > 0) this.#tell(session, { name, startMs: atMs, endMs, shown: {}, parentId });
      atMs = endMs;
    }
  }

  #conversation(session: LiveSession, nowMs: number, payload: JsonObject): void {
    const startMs = this.#began.get(session.sessionId);
    this.#began.delete(session.sessionId);
    if (startMs === undefined) return;
    const hasFailed = payload["end"] === "lost";
    this.#tell(session, { name: "conversation", startMs, endMs: nowMs, shown: onlyShown(payload), hasFailed });
  }

  #call(session: LiveSession): void {
    const traceId = traceIdOf(session);
    this.#spans.tell({
      traceId,
      spanId: rootSpanId(traceId),
      parentId: null,
      name: "call",
      startMs: session.startedAtMs,
      endMs: session.endedAtMs ?? this.#clock.now(),
      attributes: { ...this.#owner(session), "tandem.disposition": session.disposition ?? "none" },
      hasFailed: session.disposition === "lost" || session.disposition === "dropped",
    });
    this.#began.delete(session.sessionId);
  }

  #tell(
    session: LiveSession,
    {
      shown,
      parentId,
      ...span
    }: Omit<SpanFacts, "traceId" | "parentId" | "attributes"> & {
      readonly shown: Readonly<Record<string, Json>>;
      readonly parentId?: string;
    },
  ): string {
    const traceId = traceIdOf(session);
    const isOurs = span.name === "turn";
    const attributes = { ...this.#owner(session), ...named("tandem", isOurs ? shown : onlyShown(shown)) };
    return this.#spans.tell({ ...span, traceId, parentId: parentId ?? rootSpanId(traceId), attributes });
  }

  #owner({ tenantId, deploymentId, slot, bundleHash, kind }: LiveSession): Readonly<Record<string, string>> {
    return {
      "tandem.tenant": tenantId,
      "tandem.deployment": deploymentId,
      "tandem.slot": slot,
      "tandem.release": bundleHash,
      "tandem.kind": kind,
      "tandem.region": this.#region,
    };
  }
}

const onlyShown = (payload: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => SHOWN.includes(name)));

/** Scalars as attributes under a prefix. */
const named = (prefix: string, values: Readonly<Record<string, Json>>): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? [[name.includes(".") ? name : `${prefix}.${name}`, value]]
        : [],
    ),
  );
