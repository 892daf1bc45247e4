import { Worker } from "node:worker_threads";
import { AppError, type ErrorCode, type Json } from "@tandem/kernel";
import type { Logger } from "@tandem/telemetry";
import type { JobAnswer, ToolJob } from "./tool-job.ts";
import type { ToolThreadOptions } from "./tool-thread.ts";

/** Runs jobs in the worker thread that holds the vendor SDKs. */
export interface ToolHost {
  /** Rejects with an `AppError` whose details tell `effect`: whether something may have happened at the vendor. */
  run(work: ToolJob): Promise<Json>;
  readonly pending: number;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: AppError) => void;
  readonly timer: NodeJS.Timeout;
}

/** How much longer than a vendor call's own deadline a job may take before the thread is taken for stuck. */
const SLACK_MS = 5000;
const JOBS_OF_ONE_TOOL = 4;
const FIRST_RESPAWN_MS = 250;
const LONGEST_RESPAWN_MS = 30_000;

/** Starts the thread; one that dies is replaced, and its jobs end as doubtful. */
export function startToolHost(options: ToolThreadOptions & { readonly log: Logger }): ToolHost {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isClosed = false;
  let respawnMs = FIRST_RESPAWN_MS;
  let worker = spawn();

  function spawn(): Worker {
    const isSource = import.meta.url.endsWith(".ts");
    const file = new URL(isSource ? "./tool-thread.ts" : "./tool-thread.js", import.meta.url);
    const { sealingPrivateKey, sandboxOrigins, deadlineMs, traces } = options;
    const workerData = { sealingPrivateKey, sandboxOrigins, deadlineMs, traces } satisfies ToolThreadOptions;
    const started = new Worker(file, {
      workerData,
      ...(isSource ? { execArgv: ["--conditions=@tandem/source"] } : {}),
    });
    started.on("message", settle);
    started.on("error", (error) => options.log.error({ err: error }, "the tool host's thread failed"));
    started.on("exit", (exitCode) => onExit(started, exitCode));
    started.unref();
    return started;
  }

  function onExit(which: Worker, exitCode: number): void {
    if (which !== worker) return;
    for (const id of waiting.keys())
      settle({
        id,
        isDone: false,
        error: { code: "internal", message: "the tool host stopped", effect: "unknown", fault: null },
      });
    if (isClosed) return;
    options.log.error({ exitCode }, "the tool host's thread ended and is replaced");
    setTimeout(() => {
      if (!isClosed) worker = spawn();
    }, respawnMs).unref();
    respawnMs = Math.min(LONGEST_RESPAWN_MS, respawnMs * 2);
  }

  function settle(answer: JobAnswer): void {
    const entry = waiting.get(answer.id);
    if (entry === undefined) return;
    waiting.delete(answer.id);
    clearTimeout(entry.timer);
    if (answer.isDone) respawnMs = FIRST_RESPAWN_MS;
    if (answer.isDone) entry.resolve(answer.result);
    else entry.reject(errorOf(answer.error));
  }

  return {
    get pending() {
      return waiting.size;
    },
    run: (work) =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1);
        const longestMs = options.deadlineMs * JOBS_OF_ONE_TOOL + SLACK_MS;
        const error = { code: "internal", message: "the tool host does not answer", effect: "unknown", fault: null };
        const timer = setTimeout(() => settle({ id, isDone: false, error }), longestMs);
        waiting.set(id, { resolve, reject, timer });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage({ id, work });
      }),
    close: async () => {
      isClosed = true;
      await worker.terminate();
    },
  };
}

const errorOf = ({ code, message, effect, fault }: Extract<JobAnswer, { isDone: false }>["error"]): AppError =>
  new AppError(code as ErrorCode, message, { details: { effect, fault } });
