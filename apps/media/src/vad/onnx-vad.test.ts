import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MULAW_SILENCE, renderTones } from "@tandem/audio";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { loudnessModel } from "../../test-support/onnx-loudness-model.ts";
import { startOnnxVads } from "./onnx-vad.ts";

const log = makeLogger({ app: "media", level: "silent", isPretty: false });
/** Version of the optional runtime; null where it is not installed. */
const runtime = ((): string | null => {
  try {
    const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
    return version;
  } catch {
    return null;
  }
})();
const FRAME_BYTES = 160;
const silence = (ms: number) => new Uint8Array(ms * 8).fill(MULAW_SILENCE);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-onnx-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.skipIf(runtime !== null)(
  "without the runtime the start fails with the one message that names the fix",
  async () => {
    const path = join(folder, "model.onnx");
    await writeFile(path, loudnessModel());
    await expect(startOnnxVads(path, log)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("npm install onnxruntime-node"),
    });
  },
);

const where = runtime === null ? "not run: onnxruntime-node is not installed" : `on onnxruntime-node ${runtime}`;
describe.skipIf(runtime === null)(`a model that the operator names, ${where}`, () => {
  test("a file that is missing or no model is told with what to do", async () => {
    const path = join(folder, "model.onnx");
    await expect(startOnnxVads(path, log)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("TANDEM_VAD_MODEL"),
    });
    await writeFile(path, "not a model");
    await expect(startOnnxVads(path, log)).rejects.toMatchObject({ code: "config_invalid" });
  });

  test("finds the speech of two calls apart, as it began and ended, and never keeps a frame waiting", async () => {
    const path = join(folder, "model.onnx");
    await writeFile(path, loudnessModel());
    const vads = await startOnnxVads(path, log);
    const [speaking, silent] = [vads.open(), vads.open()];
    const audio = Buffer.concat([
      silence(480),
      renderTones("hello there", { encoding: "mulaw", sampleRateHz: 8000 }).audio,
    ]);
    let slowestMs = 0;
    const push = async (vad: typeof speaking, bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
        const startedMs = performance.now();
        vad.push(bytes.subarray(at, at + FRAME_BYTES));
        slowestMs = Math.max(slowestMs, performance.now() - startedMs);
        await new Promise((resolve) => setTimeout(resolve, 2)); // windows are judged beside the frames, ten times faster than speech
      }
    };
    await push(speaking, audio);
    await push(silent, silence(600));
    await eventually(() => {
      speaking.push(new Uint8Array(0));
      expect(speaking.isSpeech).toBe(true);
    });
    expect(Math.abs(speaking.changedAtMs - 480)).toBeLessThanOrEqual(96);
    expect(silent.isSpeech).toBe(false);
    await push(speaking, silence(480));
    await eventually(() => {
      speaking.push(new Uint8Array(0));
      expect(speaking.isSpeech).toBe(false);
    });
    expect(Math.abs(speaking.changedAtMs - audio.length / 8)).toBeLessThanOrEqual(96);
    expect(slowestMs).toBeLessThan(50);
    await vads.close();
  });
});
