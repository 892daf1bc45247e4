import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStream, type StreamState } from "./stream.ts";

const asked: (string | null)[] = [];
let answers: ((signal: AbortSignal) => Response | Promise<Response>)[] = [];

interface Asked {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** A stream that says this and then breaks off. */
const says = (text: string) => () =>
  new Response(new Blob([text]).stream(), { headers: { "content-type": "text/event-stream" } });

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal("fetch", (_address: string, { headers, signal }: Asked) => {
    asked.push(headers["last-event-id"] ?? null);
    const answer = answers.shift();
    return answer === undefined ? Promise.reject(new TypeError("away")) : Promise.resolve(answer(signal));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function follow(): Promise<{ data: string[]; states: StreamState[] }> {
  const data: string[] = [];
  const states: StreamState[] = [];
  const done = openStream({
    address: "/v1/stream",
    signal: new AbortController().signal,
    onEvent: (event) => data.push(event.data),
    onState: (state) => states.push(state),
  });
  await vi.runAllTimersAsync();
  await done;
  return { data, states };
}

test("comes back after a break with the last id, and loses and repeats no event", async () => {
  answers = [
    says("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\nda"),
    () => Promise.reject(new TypeError("away")),
    () => new Response("gone", { status: 503 }),
    says("id: 3\ndata: c\n\nevent: end\ndata: {}\n\n"),
  ];
  const { data, states } = await follow();
  expect(data).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([null, "2", "2", "2"]);
  expect(states.at(-1)).toBe("closed");
});

test("a refusal for good ends it", async () => {
  answers = [() => new Response("no", { status: 403 })];
  expect((await follow()).states).toEqual(["connecting", "closed"]);
  expect(asked).toHaveLength(1);
});

test("a connection that has fallen silent is given up and opened anew", async () => {
  const silent = (signal: AbortSignal): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("id: 1\ndata: a\n\n"));
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
  answers = [
    (signal) => new Response(silent(signal), { headers: { "content-type": "text/event-stream" } }),
    says("id: 2\ndata: b\n\nevent: end\ndata: {}\n\n"),
  ];
  expect((await follow()).data).toEqual(["a", "b"]);
  expect(asked).toEqual([null, "1"]);
});
