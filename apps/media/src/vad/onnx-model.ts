import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { WINDOW_SAMPLES } from "./onnx-protocol.ts";

/** A voice model: judges windows of a call in order, remembering what came before where the model does. */
export interface OnnxModel {
  /** Probability that the window holds voice, 0–1. */
  judge(call: number, window: Float32Array): Promise<number>;
  /** The call begins anew. */
  reset(call: number): void;
}

/** Members that voice models carry from window to window, by input name: the output that continues it, and its size. */
const MEMORIES = {
  state: { output: "stateN", shape: [2, 1, 128] },
  h: { output: "hn", shape: [2, 1, 64] },
  c: { output: "cn", shape: [2, 1, 64] },
} as const;
/** Models with a `state` want the end of the window before in front of each window. */
const CONTEXT_SAMPLES = 32;
const SAMPLE_RATE_HZ = 8000n;

/** As much of the runtime as is used: the package is an optional peer, and may not be there to take types from. */
interface Tensor {
  readonly data: ArrayLike<number | bigint>;
}
interface InferenceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
}
interface Runtime {
  readonly Tensor: new (
    type: "float32" | "int64",
    data: Float32Array | readonly bigint[],
    dims: readonly number[],
  ) => Tensor;
  readonly InferenceSession: {
    create(path: string, options: { intraOpNumThreads: number; interOpNumThreads: number }): Promise<InferenceSession>;
  };
}

/** Not by `import`: where the package is absent its types are, too. */
const loadRuntime = (): Runtime => createRequire(import.meta.url)("onnxruntime-node") as Runtime;

/** Loads the runtime and the model, or tells which of them is missing. */
export async function openOnnxModel(
  modelPath: string,
  mostCalls: number,
): Promise<OnnxModel | { readonly missing: "runtime" | "model"; readonly detail: string }> {
  let runtime: Runtime;
  try {
    runtime = loadRuntime();
  } catch (error) {
    return { missing: "runtime", detail: firstLine(error) };
  }
  if (!existsSync(modelPath)) return { missing: "model", detail: "there is no such file" };
  try {
    const session = await runtime.InferenceSession.create(modelPath, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    return new SessionModel(runtime, session, mostCalls);
  } catch (error) {
    return { missing: "model", detail: firstLine(error) };
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? (error.message.split("\n")[0] ?? "") : "");

class SessionModel implements OnnxModel {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #audioInput: string;
  readonly #memories: readonly (keyof typeof MEMORIES)[];
  readonly #context: number;
  readonly #remembered: (Record<string, Tensor> | undefined)[];
  readonly #contexts: (Float32Array | undefined)[];

  constructor(runtime: Runtime, session: InferenceSession, mostCalls: number) {
    this.#runtime = runtime;
    this.#session = session;
    const names = session.inputNames;
    this.#audioInput = names.includes("input") ? "input" : (names[0] ?? "input");
    this.#memories = (["state", "h", "c"] as const).filter((name) => names.includes(name));
    this.#context = names.includes("state") ? CONTEXT_SAMPLES : 0;
    this.#remembered = Array.from({ length: mostCalls });
    this.#contexts = Array.from({ length: mostCalls });
  }

  reset(call: number): void {
    this.#remembered[call] = undefined;
    this.#contexts[call] = undefined;
  }

  async judge(call: number, window: Float32Array): Promise<number> {
    const { Tensor } = this.#runtime;
    const audio = this.#withContext(call, window);
    const feeds: Record<string, Tensor> = {
      [this.#audioInput]: new Tensor("float32", audio, [1, audio.length]),
      ...(this.#remembered[call] ?? this.#blank()),
    };
    if (this.#session.inputNames.includes("sr")) feeds["sr"] = new Tensor("int64", [SAMPLE_RATE_HZ], []);
    const results = await this.#session.run(feeds);
    this.#remembered[call] = Object.fromEntries(
      this.#memories.map((name) => [name, results[MEMORIES[name].output] as Tensor]),
    );
    const voice = results[this.#session.outputNames[0] ?? ""]?.data[0];
    return typeof voice === "number" ? voice : 0;
  }

  #withContext(call: number, window: Float32Array): Float32Array {
    if (this.#context === 0) return Float32Array.from(window);
    const audio = new Float32Array(this.#context + WINDOW_SAMPLES);
    audio.set(this.#contexts[call] ?? [], 0);
    audio.set(window, this.#context);
    this.#contexts[call] = audio.slice(-this.#context);
    return audio;
  }

  #blank(): Record<string, Tensor> {
    const { Tensor } = this.#runtime;
    return Object.fromEntries(
      this.#memories.map((name) => {
        const { shape } = MEMORIES[name];
        const size = shape.reduce((product: number, each) => product * each, 1);
        return [name, new Tensor("float32", new Float32Array(size), [...shape])];
      }),
    );
  }
}
