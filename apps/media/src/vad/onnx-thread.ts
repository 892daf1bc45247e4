import { parentPort, workerData } from "node:worker_threads";
import { type OnnxModel, openOnnxModel } from "./onnx-model.ts";
import { MOST_CALLS, type OnnxStarted, type OnnxThreadOptions, WINDOW_SAMPLES, WINDOWS } from "./onnx-protocol.ts";

// The model's own thread: judging a window never delays a frame of audio.
const { memory, modelPath } = workerData as OnnxThreadOptions;
const { samples, written, judged, voice } = memory;
const queue: number[] = [];
let isRunning = false;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (started: OnnxStarted): void => parentPort?.postMessage(started);

const opened = await openOnnxModel(modelPath, MOST_CALLS);
if ("missing" in opened) tell({ isReady: false, ...opened });
else {
  parentPort?.on("message", (word: number) => {
    if (word < 0) return opened.reset(-word - 1);
    queue.push(word);
    if (!isRunning) void run(opened);
  });
  tell({ isReady: true });
}

async function run(model: OnnxModel): Promise<void> {
  isRunning = true;
  for (let call = queue.shift(); call !== undefined; call = queue.shift()) await judge(model, call);
  isRunning = false;
}

async function judge(model: OnnxModel, call: number): Promise<void> {
  const last = Atomics.load(written, call);
  // What waited too long was overwritten: the newest windows are judged.
  let window = Math.max(Atomics.load(judged, call), last - WINDOWS);
  for (; window < last; window += 1) {
    const place = call * WINDOWS + (window % WINDOWS);
    const start = place * WINDOW_SAMPLES;
    voice[place] = await model.judge(call, samples.subarray(start, start + WINDOW_SAMPLES));
    Atomics.store(judged, call, window + 1);
  }
}
