import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRAME_MS, frameClock, renderTones, ToneReader } from "@tandem/audio";
import type { CallReport } from "@tandem/caller";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runProgram } from "./program.ts";

const MULAW = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const FRAME_BYTES = FRAME_MS * 8;
const callSid = `CA${"0".repeat(32)}`;

/** A carrier whose every number greets, answers each sentence that ends in a question mark, and is the caller's to hang up. */
const talkativeCarrier: Parameters<typeof startSandbox>[0]["vendors"][number] = {
  name: "twilio",
  handle: () => ({ status: 404, body: null }),
  seed: () => {},
  actions: { placeCall: async (input) => ({ callSid, status: "ringing", to: input["to"] ?? "" }) },
  open(socket) {
    const queue: Uint8Array[] = [];
    const say = (text: string) => {
      const { audio } = renderTones(text, MULAW);
      for (let at = 0; at < audio.length; at += FRAME_BYTES) queue.push(audio.slice(at, at + FRAME_BYTES));
    };
    const ear = new ToneReader(MULAW, (event) => {
      if (event.type === "word" && event.text.endsWith("?")) say("we open at nine");
    });
    say("hello");
    const unlisten = frameClock.listen(() =>
      socket.sendBinary(queue.shift() ?? new Uint8Array(FRAME_BYTES).fill(0xff)),
    );
    socket.onBinary = (audio) => ear.push(audio);
    socket.onText = () => {
      unlisten();
      socket.sendText('{"ended":"completed"}');
    };
    socket.onClose = unlisten;
    return null;
  },
};

let running: RunningSandbox;
let printed: { out: string; err: string };

beforeEach(async () => {
  printed = { out: "", err: "" };
  running = await startSandbox({ vendors: [talkativeCarrier], dataDir: null });
  vi.stubEnv("TANDEM_SANDBOX_CONTROL_PORT", new URL(running.controlOrigin).port);
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((printed.out += String(chunk)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => ((printed.err += String(chunk)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await running.close();
});

test("a call with lines to say prints the conversation with the latency of each answer", async () => {
  expect(await runProgram(["call", "+15550100001", "--say", "when do you open?"])).toBe(0);
  expect(printed.out).toMatch(/agent +hello/);
  expect(printed.out).toMatch(/caller +when do you open\?/);
  expect(printed.out).toMatch(/agent +we open at nine +\(after -?\d+ ms\)/);
  expect(printed.out).toContain("The call went as scripted.");
});

test("a script that hears something else fails, and says what was heard, as JSON too", async () => {
  const script = join(await mkdtemp(join(tmpdir(), "tandem-call-")), "call.yaml");
  await writeFile(script, "steps:\n  - { do: hear, anyOf: [goodbye], withinMs: 2500 }\n  - { do: hang-up }\n");
  expect(await runProgram(["--json", "call", "+15550100001", "--script", script])).toBe(1);
  const report = JSON.parse(printed.out) as CallReport;
  expect(report).toMatchObject({ ok: false, callId: callSid, steps: [{ ok: false }], end: { by: "caller" } });
  expect(report.steps[0]?.detail).toContain('heard "hello"');
  expect(printed.err).toContain("failed");
});

test("without a script the caller listens until it is stopped", async () => {
  const calling = runProgram(["call", "+15550100001"]);
  await expect.poll(() => process.listenerCount("SIGINT")).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  process.emit("SIGINT");
  expect(await calling).toBe(0);
  expect(printed.out).toMatch(/heard +hello/);
  expect(printed.out).toMatch(/ended by caller/);
});

test("a script with a mistake is refused with its place before anybody is called", async () => {
  const script = join(await mkdtemp(join(tmpdir(), "tandem-call-")), "call.yaml");
  await writeFile(script, "steps:\n  - { do: say, txet: hello }\n");
  expect(await runProgram(["call", "+15550100001", "--script", script])).toBe(2);
  expect(printed.err).toMatch(/call\.yaml:2:\d+/);
  expect(await runProgram(["call", "+15550100001", "--script", script, "--say", "x"])).toBe(2);
  expect(await runProgram(["call", "+15550100001", "--script", "/nowhere.yaml"])).toBe(2);
});
