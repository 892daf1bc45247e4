import { parentPort, workerData } from "node:worker_threads";
import { AppError, isJsonObject, type Json, Secret, systemClock, VendorError } from "@tandem/kernel";
import { makeOpener } from "@tandem/secrets";
import type { OpenConnection } from "@tandem/ports/adapter";
import { openVendors } from "@tandem/catalog/loaders";
import { openSpans } from "@tandem/telemetry";
import { runJob } from "./run-job.ts";
import type { JobAnswer, JobConnection, JobMessage, ToolJob } from "./tool-job.ts";

/** What the main thread hands over at start. */
export interface ToolThreadOptions {
  readonly sealingPrivateKey: string;
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  /** Where spans of tools go; null keeps none. */
  readonly traces: { readonly url: string; readonly ratio: number; readonly instance: string } | null;
}

// The only place of this service where vendor SDKs are loaded: their work never delays an answer.
const options = workerData as ToolThreadOptions;
const opener = await makeOpener(new Secret(options.sealingPrivateKey));
const latest = new Map<string, JobConnection>();
const vendors = openVendors({
  loadCredential: async (tenantId, connectionId) => {
    const connection = latest.get(connectionId);
    if (connection === undefined) throw new AppError("not_found", `connection ${connectionId} is not known here`);
    const { served } = connection;
    const secrets = await opener.open({ tenantId, connectionId, version: served.credentialVersion }, served.sealed);
    return { ...served, secrets };
  },
  sandboxOrigins: options.sandboxOrigins,
  clock: systemClock,
  deadlineMs: options.deadlineMs,
});

const spans = await openSpans({ url: null, ratio: 0, instance: "", ...options.traces, service: "tandem-media-tools" });

function open(connection: JobConnection): Promise<OpenConnection> {
  latest.set(connection.connectionId, connection);
  return vendors.open(connection.tenantId, connection.connectionId);
}

parentPort?.on("message", (message: JobMessage) => void answer(message));

async function answer({ id, work }: JobMessage): Promise<void> {
  const startMs = systemClock.now();
  try {
    const result = await runJob(work, open);
    post({ id, isDone: true, result });
    tell(work, startMs, outcomeOf(result));
  } catch (error) {
    const described = describe(error);
    post({ id, isDone: false, error: described });
    tell(work, startMs, described.code);
  }
}

const outcomeOf = (result: Json): string =>
  isJsonObject(result) && typeof result["outcome"] === "string" ? result["outcome"] : "done";

/** The vendor's part of a call's trace; arguments and answers stay out of it. */
function tell(work: ToolJob, startMs: number, outcome: string): void {
  if (work.job !== "run-tool") return;
  const { operation, connection, trace } = work;
  const attributes = {
    "tandem.operation": operation,
    "tandem.vendor": connection.served.vendor,
    "tandem.outcome": outcome,
  };
  const hasFailed = outcome !== "success" && outcome !== "empty";
  spans.tell({ ...trace, name: `tool ${operation}`, startMs, endMs: systemClock.now(), attributes, hasFailed });
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const post = (message: JobAnswer): void => parentPort?.postMessage(message);

/** The allowlisted part of an error: SDK errors carry requests and credentials. */
function describe(error: unknown): Extract<JobAnswer, { isDone: false }>["error"] {
  if (error instanceof VendorError) {
    return { code: error.code, message: error.message, effect: error.facts.effect, fault: error.facts.fault };
  }
  if (error instanceof AppError) return { code: error.code, message: error.message, effect: "none", fault: null };
  return { code: "internal", message: error instanceof Error ? error.name : "unknown", effect: "unknown", fault: null };
}
