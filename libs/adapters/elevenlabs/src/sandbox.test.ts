import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startElevenLabs } from "../test/speaking.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeAll(async () => {
  running = await startElevenLabs();
});
afterAll(() => running.close());
beforeEach(() => running.control.reset());

/** A client of its own, which may break the vendor's rules. */
async function dial(
  query: Record<string, string> = {},
  path = `/v1/text-to-speech/${demoAccount.voice}/multi-stream-input`,
) {
  const asked = new URLSearchParams({ model_id: demoAccount.model, output_format: "ulaw_8000", ...query });
  const socket = new WebSocket(`${running.origins["elevenlabs"]!.replace("http", "ws")}${path}?${asked}`, {
    headers: { "xi-api-key": demoAccount.apiKey },
  });
  const told: JsonObject[] = [];
  socket.on("message", (bytes: Buffer) => {
    const message: unknown = JSON.parse(bytes.toString());
    if (isJsonObject(message)) told.push(message);
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const ask = (message: unknown) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return { socket, told, closed, ask };
}

const eventually = <Result>(hold: () => Result): Promise<Result> => vi.waitFor(hold, { timeout: 20_000, interval: 10 });

test("there is nothing at another address", async () => {
  await expect(dial({}, "/v1/text-to-speech/x/stream")).rejects.toThrow("404");
});

test.each<[string, Record<string, string>, string]>([
  ["a format that tones cannot be in", { output_format: "mp3_44100_64" }, "invalid_output_format"],
  ["too long an inactivity", { inactivity_timeout: "200" }, "invalid_inactivity_timeout"],
  ["an unknown model", { model_id: "x" }, "model_id_does_not_exist"],
])("%s ends the connection with 1008", async (_, query, error) => {
  const { told, closed } = await dial(query);
  expect(await closed).toBe(1008);
  expect(told).toMatchObject([{ error, code: 1008 }]);
});

test.each<[string, readonly (JsonObject | string)[], string]>([
  ["no JSON", ["{"], "invalid_message"],
  [
    "settings for a voice that has begun",
    [
      { text: " ", context_id: "c" },
      { text: "x ", context_id: "c", voice_settings: { stability: 1 } },
    ],
    "invalid_message",
  ],
  [
    "a sixth context",
    ["1", "2", "3", "4", "5", "6"].map((id) => ({ text: " ", context_id: id })),
    "max_active_conversations",
  ],
])("%s ends the connection with 1008", async (_, messages, error) => {
  const { told, closed, ask } = await dial();
  for (const message of messages) ask(message);
  expect(await closed).toBe(1008);
  expect(told.at(-1)).toMatchObject({ error });
});

test("without automatic mode text waits for a flush, and a flushed context speaks to its end when it is closed", async () => {
  const { told, ask, socket } = await dial();
  ask({ text: "Wait for it. ", context_id: "c" });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(told).toEqual([]);
  ask({ context_id: "c", flush: true });
  ask({ context_id: "c", close_context: true });
  await eventually(() => expect(told.at(-1)).toEqual({ isFinal: true, contextId: "c" }));
  expect(told.length).toBeGreaterThan(3);
  expect(told[0]).toMatchObject({ alignment: null });
  expect((await running.control.ledger()).map(({ effect }) => effect)).toEqual(["said"]);
  socket.close();
});

test("alignment comes with each chunk, from the chunk's own start", async () => {
  const { told, ask, socket } = await dial({ auto_mode: "true", sync_alignment: "true" });
  ask({ text: "Hello there. ", context_id: "c", flush: true });
  ask({ context_id: "c", close_context: true });
  await eventually(() => expect(told.at(-1)).toMatchObject({ isFinal: true }));
  const alignments = told.map(({ alignment }) => alignment).filter(isJsonObject);
  expect(alignments.flatMap(({ chars }) => chars).join("")).toBe("Hello there. ");
  const starts = alignments.flatMap(({ charStartTimesMs }) => charStartTimesMs as number[]);
  expect(Math.max(...starts)).toBeLessThanOrEqual(100);
  socket.close();
});

test("closing the socket lets a flushed context finish and cuts the others", async () => {
  const { told, ask, closed } = await dial({ auto_mode: "true" });
  ask({ text: "To the end. ", context_id: "flushed", flush: true });
  ask({ text: "Cut short, whatever is in it. ", context_id: "cut" });
  ask({ close_socket: true });
  expect(await closed).toBe(1000);
  expect(told.at(-1)).toEqual({ isFinal: true, contextId: "flushed" });
  const effects = (await running.control.ledger()).map(({ effect, objectId }) => [effect, objectId]);
  expect(effects).toEqual([
    ["cancelled", "cut"],
    ["said", "flushed"],
  ]);
});
