import { Worker } from "node:worker_threads";
import { LEVEL_FLOOR_DB, MULAW_SAMPLES, mulawLevelDb } from "@tandem/audio";
import { AppError } from "@tandem/kernel";
import type { Logger } from "@tandem/telemetry";
import type { Vad } from "../pipeline/vad.ts";
import { EnergyVad } from "./energy-vad.ts";
import {
  makeOnnxMemory,
  MOST_CALLS,
  type OnnxMemory,
  type OnnxStarted,
  type OnnxThreadOptions,
  WINDOW_SAMPLES,
  WINDOWS,
} from "./onnx-protocol.ts";
import { SpeechGate } from "./speech-gate.ts";

/** Voice begins above the first and is over below the second. */
const THRESHOLD = { begin: 0.5, end: 0.35 } as const;
const WINDOW_MS = 32;

/** Opens detectors that ask a voice model. */
export interface OnnxVads {
  /** A detector for one call; the built-in one when all places are taken, or the model's thread has died. */
  open(): Vad;
  close(): Promise<void>;
}

/** Starts the model's thread. Throws `config_invalid`, naming the fix, when the runtime or the model is missing. */
export async function startOnnxVads(modelPath: string, log: Logger): Promise<OnnxVads> {
  const memory = makeOnnxMemory();
  const worker = startThread({ memory, modelPath });
  const started = await new Promise<OnnxStarted>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (!started.isReady) {
    await worker.terminate();
    throw new AppError("config_invalid", fixOf(started, modelPath));
  }
  let isAlive = true;
  worker.on("error", (error) =>
    log.error({ err: error }, "the voice model's thread failed: the built-in detector takes over"),
  );
  worker.on("exit", () => (isAlive = false));
  worker.unref();
  const free = Array.from({ length: MOST_CALLS }, (_, call) => MOST_CALLS - 1 - call);
  // A detector has no end of its own: its place is free again when nobody holds it any more.
  const held = new FinalizationRegistry<number>((call) => void free.push(call));
  return {
    open: () => {
      const call = isAlive ? free.pop() : undefined;
      if (call === undefined) return new EnergyVad();
      const vad = new OnnxVad(memory, call, worker);
      held.register(vad, call);
      return vad;
    },
    close: async () => void (await worker.terminate()),
  };
}

function startThread(workerData: OnnxThreadOptions): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "./onnx-thread.ts" : "./onnx-thread.js", import.meta.url);
  return new Worker(file, { workerData, ...(isSource ? { execArgv: ["--conditions=@tandem/source"] } : {}) });
}

const fixOf = ({ missing, detail }: Extract<OnnxStarted, { isReady: false }>, modelPath: string): string =>
  missing === "runtime"
    ? `TANDEM_VAD_MODEL is set, but the package onnxruntime-node cannot be loaded (${detail}). Fix: npm install onnxruntime-node, or unset TANDEM_VAD_MODEL to use the built-in detector.`
    : `The voice model ${modelPath} cannot be loaded (${detail}). Fix: set TANDEM_VAD_MODEL to an ONNX voice model for 8 kHz, or unset it to use the built-in detector.`;

/** A detector that writes windows into shared memory and reads what the model's thread made of them: nothing waits, nothing is allocated. */
class OnnxVad implements Vad {
  readonly #memory: OnnxMemory;
  readonly #call: number;
  readonly #worker: Worker;
  readonly #gate = new SpeechGate(WINDOW_MS);
  #filled = 0;
  #written = 0;
  #read = 0;
  #isVoice = false;
  levelDb: number = LEVEL_FLOOR_DB;

  constructor(memory: OnnxMemory, call: number, worker: Worker) {
    this.#memory = memory;
    this.#call = call;
    this.#worker = worker;
    Atomics.store(memory.written, call, 0);
    Atomics.store(memory.judged, call, 0);
    this.#tell(-call - 1);
  }

  get isSpeech(): boolean {
    return this.#gate.isSpeech;
  }

  get changedAtMs(): number {
    return this.#gate.changedAtMs;
  }

  push(mulaw: Uint8Array): void {
    this.levelDb = mulawLevelDb(mulaw);
    const { samples } = this.#memory;
    for (let index = 0; index < mulaw.length; index += 1) {
      const start = (this.#call * WINDOWS + (this.#written % WINDOWS)) * WINDOW_SAMPLES;
      samples[start + this.#filled] = (MULAW_SAMPLES[mulaw[index] ?? 0] ?? 0) / 32_768;
      this.#filled += 1;
      if (this.#filled === WINDOW_SAMPLES) this.#hand();
    }
    this.#collect();
  }

  #hand(): void {
    this.#filled = 0;
    this.#written += 1;
    Atomics.store(this.#memory.written, this.#call, this.#written);
    this.#tell(this.#call);
  }

  /** Takes what has been judged since; windows that the thread had to skip count as the one before them. */
  #collect(): void {
    const judged = Atomics.load(this.#memory.judged, this.#call);
    for (; this.#read < judged; this.#read += 1) {
      const probability = this.#memory.voice[this.#call * WINDOWS + (this.#read % WINDOWS)] ?? 0;
      if (judged - this.#read <= WINDOWS)
        this.#isVoice = probability >= (this.#isVoice ? THRESHOLD.end : THRESHOLD.begin);
      this.#gate.push(this.#isVoice);
    }
  }

  #tell(word: number): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(word);
  }
}
