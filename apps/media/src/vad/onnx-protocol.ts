/** Samples of one window at 8 kHz: 32 ms, what voice models take. */
export const WINDOW_SAMPLES = 256;
/** Windows that may wait for the thread, per call: a quarter of a second. */
export const WINDOWS = 8;
/** Calls that can have a detector at the same time. */
export const MOST_CALLS = 1024;

/** Memory that the audio thread and the model's thread share: no message carries audio, no answer is sent. */
export interface OnnxMemory {
  /** [call][window][sample], −1 to 1. */
  readonly samples: Float32Array<SharedArrayBuffer>;
  /** [call]: windows written since its beginning. */
  readonly written: Int32Array<SharedArrayBuffer>;
  /** [call]: windows judged. */
  readonly judged: Int32Array<SharedArrayBuffer>;
  /** [call][window]: probability of voice, 0–1. */
  readonly voice: Float32Array<SharedArrayBuffer>;
}

export const makeOnnxMemory = (): OnnxMemory => ({
  samples: new Float32Array(new SharedArrayBuffer(MOST_CALLS * WINDOWS * WINDOW_SAMPLES * 4)),
  written: new Int32Array(new SharedArrayBuffer(MOST_CALLS * 4)),
  judged: new Int32Array(new SharedArrayBuffer(MOST_CALLS * 4)),
  voice: new Float32Array(new SharedArrayBuffer(MOST_CALLS * WINDOWS * 4)),
});

/** What the thread is started with. */
export interface OnnxThreadOptions {
  readonly memory: OnnxMemory;
  readonly modelPath: string;
}

/** To the thread: a call (0 and up) has a window to judge, or (below 0: −call − 1) begins anew. From the thread: it is ready, or why not. */
export type OnnxStarted =
  | { readonly isReady: true }
  | { readonly isReady: false; readonly missing: "runtime" | "model"; readonly detail: string };
