import type { EngineEvent } from "@tandem/agent";
import type { JsonObject } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import { redactText, type TurnRecord } from "@tandem/domain/session";
import type { Metrics } from "../node/metrics.ts";
import type { CallStall } from "../pipeline/call-watch.ts";
import type { LiveSession, StreamEnd } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { TrialTraces } from "../trial/trial-traces.ts";
import { type CallCounters, noCounts } from "./call-counters.ts";
import { CallTotals } from "./call-totals.ts";

export interface CallRecordsOptions {
  readonly sessions: LiveSessions;
  readonly metrics: Metrics;
  readonly traces: TrialTraces;
  readonly session: LiveSession;
  readonly bundle: ReleaseBundle;
  /** What carries the conversation: the carrier's audio, or the hosted agent's socket. Names the events of its beginning and end. */
  readonly channel: "stream" | "agent-socket";
  readonly attempt: number;
  readonly startedMs: number;
  /** Values of personal facts known so far: what redaction must not let through. */
  readonly personalValues: () => readonly string[];
}

/** Writes what happens on a call into its session: texts redacted before they leave memory, values of facts never. */
export class CallRecords {
  readonly counters: CallCounters = noCounts();
  readonly #options: CallRecordsOptions;
  readonly #totals = new CallTotals();

  constructor(options: CallRecordsOptions) {
    this.#options = options;
  }

  started(facts: JsonObject): void {
    const { channel, attempt, metrics } = this.#options;
    this.#record(`${channel}-started`, { attempt, ...facts });
    metrics.count("conversations_started", { channel });
  }

  turn(record: TurnRecord): void {
    const { bundle, personalValues, session, traces, metrics } = this.#options;
    const { kinds } = bundle.policies.redaction;
    const known = personalValues();
    const redacted: TurnRecord = {
      ...record,
      callerText: redactText(record.callerText, kinds, known),
      agentText: redactText(record.agentText, kinds, known),
    };
    this.#totals.add(record);
    traces.turn(session, redacted);
    metrics.turn(session, record);
    const { callerText: _caller, agentText: _agent, ...figures } = redacted;
    const kept = bundle.policies.retention.transcriptDays === 0 ? figures : redacted;
    this.#record("turn-ended", kept as unknown as JsonObject);
  }

  event(event: EngineEvent): void {
    this.#options.traces.event(this.#options.session, event);
    switch (event.type) {
      case "objective-entered":
        return this.#record(event.type, { objective: event.objective });
      case "fact-collected":
        return this.#record(event.type, { field: event.field, isCorrection: event.isCorrection });
      case "consent-answered":
        return this.#record(event.type, { isGiven: event.isGiven });
      case "output-rejected":
        return this.#record(event.type, { path: event.path });
      case "model-answered":
        this.#options.metrics.count("tokens", { direction: "input" }, event.inputTokens);
        return this.#options.metrics.count("tokens", { direction: "output" }, event.outputTokens);
      case "tool-started":
      case "tool-finished":
      case "model-asked":
        return; // the tool host and the turn's record tell
    }
  }

  providerFailed(facts: { readonly kind: string; readonly provider: string; readonly fault: string }): void {
    this.#options.metrics.providerFailed(facts);
    this.#record("provider-failed", facts);
  }

  breakerOpened(facts: { readonly kind: string; readonly provider: string }): void {
    this.#options.metrics.count("breakers_opened", facts);
    this.#record("breaker-opened", facts);
  }

  /** Nothing was said or heard for longer than any rule allows. */
  stalled({ phase, waitingFor, silentMs }: CallStall): void {
    this.#options.metrics.count("calls_stalled", { phase, waiting_for: waitingFor });
    this.#record("call-stalled", { phase, waitingFor, silentMs });
  }

  /** Something of ours threw. */
  defect(): void {
    this.#options.metrics.count("call_defects");
    this.#record("call-defect", {});
  }

  /** The channel is over: totals of this leg. */
  ended(end: StreamEnd, reason: string, nowMs: number): void {
    const { attempt, channel, startedMs, metrics, session, traces } = this.#options;
    const { frames, lostFrames } = this.counters;
    const seconds = Math.round((nowMs - startedMs) / 1000);
    const lossRatio = frames + lostFrames === 0 ? 0 : lostFrames / (frames + lostFrames);
    this.#record(`${channel}-ended`, { attempt, end, reason, seconds });
    const totals = this.#totals;
    const { delayMs, spokenCharacters } = totals;
    this.#record("call-metrics", { attempt, seconds, lossRatio, delayMs, ...this.counters, ...totals.toPayload() });
    metrics.conversationEnded({ channel, end, lossRatio, delayMs, ...this.counters, spokenCharacters });
    traces.ended(session, end);
  }

  #record(type: string, payload: JsonObject): void {
    this.#options.sessions.record(this.#options.session, type, payload);
  }
}
