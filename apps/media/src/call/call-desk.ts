import type { CollectedFact, ConversationEngine, ConversationState, EngineEvent, HandOffTarget } from "@tandem/agent";
import type { Clock } from "@tandem/kernel";
import { redactText } from "@tandem/domain/session";
import type { Logger } from "@tandem/telemetry";
import type { Metrics } from "../node/metrics.ts";
import type { CallLine, OpenPipeline } from "../pipeline/call-line.ts";
import type { PipelineParts } from "../pipeline/pipeline-parts.ts";
import type { StreamEnd } from "../session/live-session.ts";
import { RecordedCall } from "../recording/recorded-call.ts";
import type { Recordings } from "../recording/recordings.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { StartedStream } from "../stream/accept-start.ts";
import type { OpenStreamCall } from "../stream/stream-connection.ts";
import type { CallRedirects } from "../tool-host/call-redirects.ts";
import type { ToolCalls } from "../tool-host/tool-calls.ts";
import type { TrialTraces } from "../trial/trial-traces.ts";
import { CallRecords } from "./call-records.ts";
import { callTools } from "./call-tools.ts";
import type { CallerMemory } from "./caller-memory.ts";
import type { Converse } from "./converse.ts";
import type { ProviderAccounts } from "./provider-accounts.ts";

/** Composes the pipeline of one call. */
export type MakePipeline = (parts: PipelineParts) => OpenPipeline;

export interface CallDeskOptions {
  readonly makePipeline: MakePipeline;
  readonly converse: Converse;
  readonly accounts: ProviderAccounts;
  readonly tools: ToolCalls;
  readonly redirects: CallRedirects;
  readonly sessions: LiveSessions;
  readonly memory: CallerMemory;
  readonly metrics: Metrics;
  readonly traces: TrialTraces;
  readonly recordings: Recordings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is kept of a call while it goes on. */
interface CallNotes {
  readonly records: CallRecords;
  /** Where the conversation stands; null before it began. */
  readonly state: () => ConversationState | null;
}

/** After the carrier has taken a redirect it ends the stream by itself; else we do. */
const CARRIER_ENDS_WITHIN_MS = 3000;

/** Where calls of our own engine are put together: conversation, tools, accounts, pipeline, and what is kept of them. */
export class CallDesk {
  readonly #options: CallDeskOptions;

  constructor(options: CallDeskOptions) {
    this.#options = options;
  }

  readonly open: OpenStreamCall = (started, line) => {
    const { makePipeline, traces, log } = this.#options;
    const { served, session, bundle, faults, attempt, start } = started;
    let engine: ConversationEngine | null = null;
    const state = (): ConversationState | null => engine?.state ?? null;
    const records = this.#recordsOf(started, state);
    records.started({ streamId: start.streamId, encoding: start.encoding, sampleRateHz: start.sampleRateHz });
    traces.open(session, () => state()?.facts ?? []);
    const recorded = this.#recordedOf(started);
    const tell = (event: EngineEvent, onEvent: (event: EngineEvent) => void) => {
      records.event(event);
      if (event.type === "consent-answered") recorded.consent(event.isGiven);
      onEvent(event);
    };
    const openPipeline = makePipeline({
      ...this.#outlets(started, line, { records, state }),
      converse: (models, onEvent) => (engine = this.#converse(started, models, (event) => tell(event, onEvent))),
    });
    const traceId = session.sessionId.replaceAll("-", "");
    const pipeline = openPipeline(
      { served, session, bundle, direction: session.direction ?? "inbound", faults, traceId },
      recorded.tapped(line),
    );
    log.debug({ sessionId: session.sessionId, attempt }, "a stream has started");
    return {
      audio: (frame, timestampMs, sequence) => {
        recorded.caller(frame, timestampMs);
        pipeline.audio(frame, timestampMs, sequence);
      },
      mark: (name) => pipeline.mark(name),
      digit: (digit) => pipeline.digit(digit),
      closed: () => pipeline.closed(),
      ended: (end, reason) => {
        recorded.end();
        this.#ended(started, { records, state }, { end, reason });
      },
    };
  };

  /** Where the pipeline gets accounts from and tells what happens. */
  #outlets(started: StartedStream, line: CallLine, { records, state }: CallNotes): Omit<PipelineParts, "converse"> {
    const { accounts, memory, redirects, log } = this.#options;
    const { served, session, bundle } = started;
    return {
      openProvider: (provider) => accounts.open(served, bundle, provider),
      counters: records.counters,
      onTurn: (record) => {
        records.turn(record);
        memory.note(session, state());
      },
      onProviderFailed: (failed) => records.providerFailed(failed),
      onBreakerOpened: (opened) => records.breakerOpened(opened),
      onStalled: (stall) => {
        records.stalled(stall);
        log.warn({ sessionId: session.sessionId, ...stall }, "a call stood still");
      },
      onDefect: (error) => {
        records.defect();
        log.error({ err: error, sessionId: session.sessionId }, "a call failed on our side and goes to a person");
      },
      onHandOff: (to, summary) => this.#handOff(started, line, { to, summary, facts: state()?.facts ?? [] }),
      onHangUp: () => this.#leave(started, line, "hang-up", () => redirects.hangUp(started)),
    };
  }

  #ended(
    { session, bundle }: StartedStream,
    { records, state }: CallNotes,
    { end, reason }: { readonly end: StreamEnd; readonly reason: string },
  ): void {
    const { sessions, memory, clock } = this.#options;
    records.ended(end, reason, clock.monotonicMs());
    memory.settle(session, state(), { isDropped: end === "lost", days: bundle.policies.memory?.days ?? 0 });
    // Nobody reports the end of a trial call whose caller came straight to our stream.
    if (session.kind === "trial" && end !== "lost") sessions.end(session, clock.now());
  }

  #recordsOf({ session, bundle, attempt }: StartedStream, state: CallNotes["state"]): CallRecords {
    const { sessions, metrics, traces, clock } = this.#options;
    const personal = new Set(bundle.conversation.fields.filter((field) => field.personal).map(({ name }) => name));
    const personalValues = () => personalValuesOf(state()?.facts ?? [], personal);
    const startedMs = clock.monotonicMs();
    return new CallRecords({
      channel: "stream",
      sessions,
      metrics,
      traces,
      session,
      bundle,
      attempt,
      startedMs,
      personalValues,
    });
  }

  #recordedOf({ session, bundle }: StartedStream): RecordedCall {
    const { recordings, sessions } = this.#options;
    const onBegun = (key: string) => sessions.record(session, "recording-started", { key });
    return new RecordedCall({ recordings, session, bundle, onBegun });
  }

  #converse(
    { served, session, bundle, faults, attempt }: StartedStream,
    models: Parameters<Converse>[0]["models"],
    onEvent: (event: EngineEvent) => void,
  ): ConversationEngine {
    const { converse, tools, clock, memory } = this.#options;
    const { resumed, remembered } = memory.recall(session);
    // The leg before this one was on a node that is gone with all it knew.
    const lost = attempt > 1 ? { objective: bundle.conversation.start, facts: remembered, transcript: [] } : null;
    return converse({
      bundle,
      session,
      models,
      tools: callTools({ tools, served, session, bundle, faults, clock }),
      clock,
      remembered,
      resumed: resumed ?? lost,
      onEvent,
    });
  }

  #handOff(
    started: StartedStream,
    line: CallLine,
    { to, summary, facts }: { to: HandOffTarget; summary: string; facts: readonly CollectedFact[] },
  ): void {
    const { sessions, redirects } = this.#options;
    const { session, bundle } = started;
    const values = facts.map(({ value }) => String(value));
    const kept = redactText(summary, bundle.policies.redaction.kinds, values);
    session.briefing = summary;
    sessions.note(session, { handedOffTo: to });
    sessions.record(session, "handed-off", { to, summary: kept });
    this.#leave(started, line, "hand-off", () => redirects.handOff(started, to));
  }

  /** Takes the call out of the stream at the carrier; where that fails or there is none, the stream's end asks the action address. */
  #leave({ session }: StartedStream, line: CallLine, end: StreamEnd, redirect: () => Promise<unknown>): void {
    const { sessions, log } = this.#options;
    sessions.note(session, { streamEnd: end });
    redirect()
      .then((result) => {
        if (result !== "done") return line.close();
        setTimeout(() => line.close(), CARRIER_ENDS_WITHIN_MS).unref();
      })
      .catch((error: unknown) => {
        log.warn(
          { err: error, sessionId: session.sessionId, end },
          "the carrier did not take a call out of its stream",
        );
        line.close();
      });
  }
}

/** Values of personal facts: what redaction must know beside its own patterns. */
export const personalValuesOf = (facts: readonly CollectedFact[], personal: ReadonlySet<string>): readonly string[] =>
  facts.filter(({ field }) => personal.has(field)).map(({ value }) => String(value));
