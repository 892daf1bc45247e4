import { RolloutDetail, RolloutEvent, RolloutEvents } from "@tandem/contracts";
import { terminalPhases } from "@tandem/domain/rollout";
import { createParser } from "eventsource-parser";
import type { Api } from "./api.ts";

export type Event = RolloutEvent;

/** Phases in which a rollout may wait for a person. */
const waitingPhases: ReadonlySet<string> = new Set(["held", "awaiting-approval", "awaiting-promotion"]);

/** Whether it really waits: a gate that its policy leaves open is only passed through. */
function isWaiting({ phase, policy, approvedBy, desired }: RolloutDetail): boolean {
  if (phase === "awaiting-approval") return policy.approval === "required" && approvedBy === null;
  if (phase === "awaiting-promotion") return policy.promotion === "manual" && desired === "continue";
  return phase === "held";
}

export interface FollowOptions {
  readonly onEvent: (event: Event) => void;
  /** Stop at the first phase that waits for a person. */
  readonly stopWhenWaiting: boolean;
  /** Give up after this time, milliseconds; the rollout itself goes on. */
  readonly timeoutMs: number;
}

/** How following ended. */
export interface Followed {
  readonly rollout: RolloutDetail;
  readonly hasTimedOut: boolean;
}

/** Follows a rollout's events until it ends or waits; reconnects with `Last-Event-ID` when the stream breaks. */
export async function follow(api: Api, rolloutId: string, options: FollowOptions): Promise<Followed> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  let afterSeq = -1;
  for (;;) {
    const rollout = await api.get(`/v1/rollouts/${rolloutId}`, RolloutDetail);
    if (terminalPhases.has(rollout.phase) || (options.stopWhenWaiting && isWaiting(rollout))) {
      for (const event of await missed(api, rolloutId, afterSeq)) options.onEvent(event);
      return { rollout: await api.get(`/v1/rollouts/${rolloutId}`, RolloutDetail), hasTimedOut: false };
    }
    if (deadline.aborted) return { rollout, hasTimedOut: true };
    afterSeq = await readStream(api, rolloutId, afterSeq, options, deadline);
  }
}

/** Reads one connection of the stream; answers the last sequence number seen. */
async function readStream(
  api: Api,
  rolloutId: string,
  afterSeq: number,
  options: FollowOptions,
  deadline: AbortSignal,
): Promise<number> {
  let lastSeq = afterSeq;
  const stop = new AbortController();
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === "end") return stop.abort();
      const parsed = RolloutEvent.parse(JSON.parse(data));
      if (parsed.seq <= lastSeq) return;
      lastSeq = parsed.seq;
      options.onEvent(parsed);
      if (options.stopWhenWaiting && waitingPhases.has(parsed.phase)) stop.abort();
    },
  });
  try {
    const headers = { accept: "text/event-stream", ...(afterSeq >= 0 ? { "last-event-id": String(afterSeq) } : {}) };
    const response = await api.send(
      `/v1/rollouts/${rolloutId}/events`,
      { headers },
      AbortSignal.any([stop.signal, deadline]),
    );
    if (response.body === null) return lastSeq;
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) parser.feed(chunk);
  } catch (error) {
    if (!stop.signal.aborted && !deadline.aborted && !(error instanceof TypeError)) throw error;
  }
  return lastSeq;
}

async function missed(api: Api, rolloutId: string, afterSeq: number): Promise<Event[]> {
  return (await api.get(`/v1/rollouts/${rolloutId}/events?after=${afterSeq}`, RolloutEvents)).items;
}
