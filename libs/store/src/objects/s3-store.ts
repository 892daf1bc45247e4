import { AppError, type Clock, type Secret, systemClock } from "@tandem/kernel";
import { isObjectKey, type ObjectStore } from "@tandem/ports/object-store";
import { amzDate, authorizationOf, sha256 } from "./signature-v4.ts";

/** A bucket at an S3-compatible service. */
export interface S3Options {
  /** Endpoint with the bucket as its path, e.g. `https://s3.eu-central-1.amazonaws.com/recordings`. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly clock?: Clock;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;

/** Objects in a bucket: plain signed requests, no SDK. */
export function openS3Store(options: S3Options): ObjectStore {
  return {
    put: async (key, body, contentType) => void (await ask(options, "PUT", key, { body, contentType })),
    get: async (key) => {
      const response = await ask(options, "GET", key);
      return response === null ? null : new Uint8Array(await response.arrayBuffer());
    },
    remove: async (key) => void (await ask(options, "DELETE", key)),
  };
}

interface Content {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Null when there is no such object. */
async function ask(options: S3Options, method: string, key: string, content?: Content): Promise<Response | null> {
  const { url, region, accessKeyId, secretAccessKey, clock = systemClock, deadlineMs = DEADLINE_MS } = options;
  if (!isObjectKey(key)) throw unavailable(`${JSON.stringify(key)} is no key of an object`, false);
  const target = new URL(`${url}/${key.split("/").map(encodeURIComponent).join("/")}`);
  const bodyHash = sha256(content?.body ?? "");
  const headers: Record<string, string> = {
    host: target.host,
    "x-amz-content-sha256": bodyHash,
    "x-amz-date": amzDate(clock.now()),
    ...(content === undefined ? {} : { "content-type": content.contentType }),
  };
  const request = { method, path: target.pathname, query: "", headers, bodyHash };
  const account = { accessKeyId, secretAccessKey: secretAccessKey.reveal(), region, service: "s3" };
  const { host: _host, ...sent } = headers;
  const response = await fetch(target, {
    method,
    headers: { ...sent, authorization: authorizationOf(request, account) },
    redirect: "error",
    signal: AbortSignal.timeout(deadlineMs),
    ...(content === undefined ? {} : { body: Buffer.from(content.body) }),
  }).catch((error: unknown) => {
    throw unavailable(`The bucket does not answer (${error instanceof Error ? error.name : "unknown"})`, true);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 404) return null;
  throw unavailable(`The bucket refused a ${method} with status ${response.status}`, response.status >= 500);
}

const unavailable = (message: string, retryable: boolean): AppError =>
  new AppError("storage_unavailable", message, { retryable });
