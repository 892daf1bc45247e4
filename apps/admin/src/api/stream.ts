import { EventReader, type StreamEvent } from "./event-reader.ts";
import { signInGate } from "./sign-in-gate.ts";

/** `closed`: the server has said the last word, or refuses it for good. */
export type StreamState = "connecting" | "open" | "waiting" | "closed";

export interface StreamOptions {
  readonly address: string;
  readonly tenant?: string | undefined;
  /** Last event that is known already; the stream goes on after it. */
  readonly after?: string;
  /** Every event once and in order; an id counts as received when this has returned. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState?: (state: StreamState) => void;
  readonly signal: AbortSignal;
}

/** Twice the server's heartbeat and some more: after such a silence the connection is dead. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Server-Sent Events through fetch, because EventSource cannot send the tenant's header. Comes back by itself with `Last-Event-ID`, so
 * that no event is lost; ends when the server sends `end` or refuses, or with the signal.
 */
export async function openStream(options: StreamOptions): Promise<void> {
  const { signal, onState } = options;
  const position = { lastEventId: options.after ?? null, waitMs: FIRST_WAIT_MS };
  while (!signal.aborted) {
    onState?.("connecting");
    const end = await readOnce(options, position).catch((): End => "lost");
    if (signal.aborted) break;
    if (end === "over" || (end === "signed-out" && !(await signInGate.pass("expired", signal)))) {
      onState?.("closed");
      return;
    }
    if (end === "signed-out") continue;
    onState?.("waiting");
    await pause(position.waitMs * (0.5 + Math.random() / 2), signal);
    position.waitMs = Math.min(position.waitMs * 2, LONGEST_WAIT_MS);
  }
  onState?.("closed");
}

interface Position {
  lastEventId: string | null;
  waitMs: number;
}
type End = "lost" | "over" | "signed-out";

async function readOnce(options: StreamOptions, position: Position): Promise<End> {
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const watch = watchdog(() => silence.abort());
  try {
    const response = await fetch(options.address, { headers: headersOf(options, position), signal });
    const refusal = refusalIn(response);
    if (refusal !== null) return refusal;
    options.onState?.("open");
    return await readEvents(response, options, position, watch.heard);
  } finally {
    watch.stop();
  }
}

const headersOf = ({ tenant }: StreamOptions, { lastEventId }: Position): Record<string, string> => ({
  accept: "text/event-stream",
  ...(tenant === undefined ? {} : { "tandem-tenant": tenant }),
  ...(lastEventId === null ? {} : { "last-event-id": lastEventId }),
});

function refusalIn({ status, ok, body, headers }: Response): End | null {
  if (status === 401) return "signed-out";
  if (status === 204 || (status >= 400 && status < 500 && status !== 408 && status !== 429)) return "over";
  if (!ok || body === null) return "lost";
  return headers.get("content-type")?.includes("text/event-stream") === true ? null : "over";
}

async function readEvents(
  response: Response,
  { onEvent }: StreamOptions,
  position: Position,
  heard: () => void,
): Promise<End> {
  const reader = new EventReader();
  const bytes = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const piece = await bytes?.read();
    if (piece === undefined || piece.done) return "lost";
    heard();
    for (const event of reader.read(piece.value)) {
      position.waitMs = FIRST_WAIT_MS;
      if (event.type === "end") return "over";
      onEvent(event);
      if (event.id !== null) position.lastEventId = event.id;
    }
    if (reader.retryMs !== null) position.waitMs = reader.retryMs;
  }
}

function watchdog(silent: () => void): { heard: () => void; stop: () => void } {
  let timer = setTimeout(silent, SILENCE_MS);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(silent, SILENCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", wake, { once: true });
    window.addEventListener("online", wake, { once: true });
  });
}
