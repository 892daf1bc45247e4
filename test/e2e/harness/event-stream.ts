import { createParser } from "eventsource-parser";
import type { TandemApi } from "./tandem-api.ts";

/** One event of a rollout as the stream gave it. */
export interface StreamedEvent {
  readonly seq: number;
  readonly type: string;
  readonly phase: string;
}

/** What one connection gave. */
export interface Streamed {
  readonly events: StreamedEvent[];
  /** The server said that the rollout has ended. */
  readonly hasEnded: boolean;
}

/** Reads a rollout's stream after an event until it ends, breaks, or has given `most` events (then it is cut, wherever the bytes are). */
export async function readStream(
  api: TandemApi,
  rolloutId: string,
  afterSeq: number,
  most = Number.POSITIVE_INFINITY,
): Promise<Streamed> {
  const cut = new AbortController();
  const events: StreamedEvent[] = [];
  let hasEnded = false;
  const parser = createParser({
    onEvent: ({ event, id, data }) => {
      if (event === "end") {
        hasEnded = true;
        return;
      }
      if (events.length >= most) return;
      const parsed = JSON.parse(data) as StreamedEvent;
      if (String(parsed.seq) !== id) throw new Error(`event ${parsed.seq} bears the id ${id}`);
      events.push(parsed);
    },
  });
  try {
    const headers = {
      authorization: `Bearer ${api.key}`,
      accept: "text/event-stream",
      ...(afterSeq >= 0 ? { "last-event-id": String(afterSeq) } : {}),
    };
    const response = await fetch(`${api.origin}/v1/rollouts/${rolloutId}/events`, { headers, signal: cut.signal });
    if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      if (events.length >= most) cut.abort();
    }
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("the stream answered")) throw error;
  }
  return { events, hasEnded };
}
