import { terminalPhases, type RolloutEvent } from "@tandem/domain/rollout";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { ServerResponse } from "node:http";
import type { RolloutWatch } from "./rollout-watch.ts";

/** What following a rollout needs. */
export interface Follow {
  readonly store: ControlStore;
  readonly watch: RolloutWatch;
  readonly rolloutId: string;
  /** Sequence number of the last event the client has; -1 for none. */
  readonly afterSeq: number;
  /** Finds out anew who asks; throws when the key is no longer good. Asked before every batch. */
  readonly authorize: () => Promise<Actor>;
}

const BATCH = 200;
/** How long a quiet stream waits before it looks by itself, and how often it shows it is alive. */
const LOOK_MS = 1000;
const HEARTBEAT_MS = 15_000;

/** Writes a rollout's events as Server-Sent Events until it has ended, the client has left, or its key is no longer good. */
export async function streamEvents(follow: Follow, response: ServerResponse): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write("retry: 1000\n\n");
  let { afterSeq } = follow;
  let spokeAtMs = performance.now();
  while (!response.destroyed) {
    const actor = await follow.authorize();
    // The change must not slip between the look and the wait.
    const changed = follow.watch.changed(follow.rolloutId, LOOK_MS);
    const events = await follow.store.rolloutEvents(actor, follow.rolloutId, afterSeq, BATCH);
    for (const event of events) response.write(frame(event));
    afterSeq = events.at(-1)?.seq ?? afterSeq;
    if (events.length > 0) spokeAtMs = performance.now();
    const last = events.at(-1);
    if (last !== undefined && terminalPhases.has(last.phase) && events.length < BATCH) break;
    if (performance.now() - spokeAtMs > HEARTBEAT_MS) {
      response.write(": alive\n\n");
      spokeAtMs = performance.now();
    }
    if (events.length < BATCH) await changed;
  }
  response.end("event: end\ndata: {}\n\n");
}

const frame = (event: RolloutEvent): string =>
  `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
