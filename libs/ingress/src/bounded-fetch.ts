/** An answer of the media service, read whole. */
export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const LARGEST_BODY_BYTES = 256 * 1024;

/** One request with a total deadline, no redirects and a cap on what is read. Rejects when there is no answer. */
export async function boundedFetch(url: string, init: RequestInit, deadlineMs: number): Promise<BoundedAnswer> {
  const signal = AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(init.signal == null ? [] : [init.signal])]);
  const response = await fetch(url, { ...init, redirect: "error", signal });
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > LARGEST_BODY_BYTES) throw new Error(`the answer is larger than ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return { status: response.status, headers: response.headers, body: Buffer.concat(chunks).toString("utf8") };
}
