import type { ServerResponse } from "node:http";
import type { SandboxOutgoing, SandboxResponse } from "@tandem/ports/sandbox";

const JSON_TYPE = "application/json";

/** The body as bytes: text when the content type is another than JSON, else JSON; empty for null. */
export function render(response: SandboxResponse): Buffer {
  if (response.body === null) return Buffer.alloc(0);
  const isText = response.contentType !== undefined && !response.contentType.includes("json");
  return Buffer.from(isText && typeof response.body === "string" ? response.body : JSON.stringify(response.body));
}

/** Sends head and body as the vendor would. */
export function sendWhole(outgoing: ServerResponse, response: SandboxResponse): void {
  if (response.stream !== undefined) return sendStreaming(outgoing, response, response.stream);
  const body = render(response);
  writeHead(outgoing, response, body.byteLength);
  outgoing.end(body);
}

/** Sends the first half. `broken`: the announced length is the whole one and the socket dies; `intact`: the half is announced. */
export function sendTruncated(outgoing: ServerResponse, response: SandboxResponse, framing: "broken" | "intact"): void {
  const whole = render(response);
  const half = whole.subarray(0, Math.max(1, whole.byteLength >> 1));
  writeHead(outgoing, response, framing === "intact" ? half.byteLength : Math.max(2, whole.byteLength));
  if (framing === "intact") return void outgoing.end(half);
  outgoing.write(half, () => outgoing.destroy());
}

/** Sends one byte each `everyMs` until the client leaves. */
export function sendDripping(outgoing: ServerResponse, response: SandboxResponse, everyMs: number): void {
  const body = render(response);
  writeHead(outgoing, response, Math.max(1, body.byteLength));
  outgoing.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < body.byteLength) outgoing.write(body.subarray(sent, ++sent));
    else outgoing.end();
  }, everyMs);
  outgoing.on("close", () => clearInterval(timer));
}

function writeHead(outgoing: ServerResponse, response: SandboxResponse, length: number): void {
  const hasBody = response.status !== 204 && response.status !== 304;
  outgoing.writeHead(response.status, {
    ...(response.body === null ? {} : { "content-type": response.contentType ?? JSON_TYPE }),
    ...(hasBody ? { "content-length": String(length) } : {}),
    ...response.headers,
  });
}

function sendStreaming(
  outgoing: ServerResponse,
  response: SandboxResponse,
  stream: (body: SandboxOutgoing) => void,
): void {
  outgoing.writeHead(response.status, {
    "content-type": response.contentType ?? "text/event-stream",
    ...response.headers,
  });
  outgoing.flushHeaders();
  const body: SandboxOutgoing = {
    write: (text) => void (outgoing.destroyed || outgoing.write(text)),
    end: () => void outgoing.end(),
    destroy: () => void outgoing.destroy(),
    onAbort: () => {},
  };
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) body.onAbort();
  });
  stream(body);
}
