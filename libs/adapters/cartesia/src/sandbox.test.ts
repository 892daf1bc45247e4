import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startCartesia } from "../test/speaking.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeAll(async () => {
  running = await startCartesia();
});
afterAll(() => running.close());
beforeEach(() => running.control.reset());

/** A client of its own, which may break the vendor's rules. */
async function dial(headers: Record<string, string>, path = "/tts/websocket") {
  const socket = new WebSocket(running.origins["cartesia"]!.replace("http", "ws") + path, { headers });
  const told: JsonObject[] = [];
  socket.on("message", (bytes: Buffer) => {
    const message: unknown = JSON.parse(bytes.toString());
    if (isJsonObject(message)) told.push(message);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const ask = (message: unknown) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  const types = () => told.map(({ type }) => type);
  return { socket, told, types, ask };
}

const eventually = <Result>(hold: () => Result): Promise<Result> => vi.waitFor(hold, { timeout: 20_000, interval: 10 });
const headers = { authorization: `Bearer ${demoAccount.apiKey}`, "cartesia-version": "2026-08-14" };
const request = (changes: JsonObject = {}): JsonObject => ({
  model_id: demoAccount.model,
  voice: { mode: "id", id: demoAccount.voice },
  output_format: { container: "raw", encoding: "pcm_mulaw", sample_rate: 8000 },
  context_id: "c1",
  transcript: "Hello there. ",
  continue: true,
  ...changes,
});

test.each([
  ["without a key", { "cartesia-version": "2026-08-14" }, "/tts/websocket", "401"],
  ["without the interface's date", { authorization: headers.authorization }, "/tts/websocket", "400"],
  ["at another path", headers, "/tts/other", "404"],
])("a client %s is refused", async (_, asked, path, status) => {
  await expect(dial(asked as Record<string, string>, path)).rejects.toThrow(status);
});

test("key and date may stand in the query", async () => {
  const query = `?api_key=${demoAccount.apiKey}&cartesia_version=2026-08-14`;
  const { socket } = await dial({}, `/tts/websocket${query}`);
  socket.close();
});

test("ten times as many connections as contexts, and no more", async () => {
  await running.control.setSettings("cartesia", { concurrency: 0 });
  await expect(dial(headers)).rejects.toThrow("429");
});

test.each<[string, JsonObject | string, number]>([
  ["no JSON", "{", 400],
  ["no context", { transcript: "x" }, 400],
  ["an unknown voice", request({ voice: "nobody" }), 404],
  ["an unknown model", request({ model_id: "sonic-0" }), 404],
  ["another container", request({ output_format: { container: "mp3" } }), 400],
  ["too long a delay", request({ max_buffer_delay_ms: 6000 }), 400],
])("%s is an error", async (_, message, status) => {
  const { socket, told, ask } = await dial(headers);
  ask(message);
  await eventually(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatchObject({ type: "error", status_code: status });
  socket.close();
});

test("members that change within a context are an error", async () => {
  const { socket, told, types, ask } = await dial(headers);
  ask(request());
  ask(request({ language: "de" }));
  await eventually(() => expect(types()).toContain("error"));
  expect(told.find(({ type }) => type === "error")).toMatchObject({ status_code: 400, context_id: "c1" });
  socket.close();
});

test("text waits for a sentence, a flush, or the delay, and a flush is answered", async () => {
  const { socket, types, ask } = await dial(headers);
  ask(request({ transcript: "Half a sen", max_buffer_delay_ms: 5000 }));
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(types()).toEqual([]);
  ask(request({ transcript: "", max_buffer_delay_ms: 5000, flush: true }));
  await eventually(() => expect(types()).toContain("flush_done"));
  expect(types()[0]).toBe("chunk");
  ask(request({ transcript: "tence", max_buffer_delay_ms: 5000, continue: false }));
  await eventually(() => expect(types().at(-1)).toBe("done"));
  socket.close();
});

test("a context that expired is not for use again", async () => {
  await running.control.setSettings("cartesia", { contextExpiryMs: 20 });
  const { socket, types, ask } = await dial(headers);
  ask(request());
  await eventually(async () => expect(await running.control.ledger()).toHaveLength(1));
  ask(request());
  await eventually(() => expect(types()).toContain("error"));
  socket.close();
});

test("a connection that is lost cuts what it was speaking", async () => {
  const { socket, types, ask } = await dial(headers);
  ask(request({ transcript: "A sentence that takes its time to be spoken to the end of it. " }));
  await eventually(() => expect(types()).toContain("chunk"));
  socket.terminate();
  await eventually(async () => expect(await running.control.ledger()).toHaveLength(1));
  const [entry] = await running.control.ledger();
  expect(entry).toMatchObject({ effect: "cancelled", facts: { cause: "connection lost" } });
});
