import { createServer, type Server, type ServerResponse } from "node:http";
import type { SandboxRequest, SandboxResponse, SandboxVendor } from "@tandem/ports/sandbox";
import type { Fault } from "./fault-script.ts";
import { embellished } from "./embellish.ts";
import { readRequest } from "./http.ts";
import { drawMs } from "./socket-faults.ts";
import { render, sendDripping, sendTruncated, sendWhole } from "./response.ts";
import type { SandboxState } from "./state.ts";

/** One request and what the emulator made of it, for conformance tests. */
export interface Exchange {
  readonly vendor: string;
  readonly request: SandboxRequest;
  /** What the emulator answered; null when a fault kept it from being asked. */
  readonly response: SandboxResponse | null;
  /** Name of the fault that struck, or null. */
  readonly fault: Fault["do"] | null;
}

export type Tap = (exchange: Exchange) => void;

const wait = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** The HTTP server in front of one emulator: reads, strikes with faults, answers. Requests wait until the state is open. */
export function vendorServer(vendor: SandboxVendor, opening: Promise<SandboxState>, tap: Tap | undefined): Server {
  return createServer((incoming, outgoing) => {
    Promise.all([readRequest(incoming), opening])
      .then(([request, state]) => answer({ vendor, state, tap, request, outgoing }))
      .catch((error: unknown) => failLoudly(vendor.name, outgoing, error));
  });
}

interface Turn {
  readonly vendor: SandboxVendor;
  readonly state: SandboxState;
  readonly tap: Tap | undefined;
  readonly request: SandboxRequest;
  readonly outgoing: ServerResponse;
}

async function answer(turn: Turn): Promise<void> {
  const { vendor, state, request } = turn;
  const { latencyMs } = state.pace(vendor.name);
  if (latencyMs > 0) await wait(latencyMs);
  const fault = state.faults.strike(vendor.name, request.method, request.path);
  if (fault === null) return sendWhole(turn.outgoing, await effect(turn, null));
  return strike(turn, fault);
}

async function effect(turn: Turn, fault: Fault | null): Promise<SandboxResponse> {
  const { vendor, state, request } = turn;
  const response = await vendor.handle(request, state.world(vendor.name));
  turn.tap?.({ vendor: vendor.name, request, response, fault: fault?.do ?? null });
  return response;
}

async function strike(turn: Turn, fault: Fault): Promise<void> {
  switch (fault.do) {
    case "fail-after":
      await effect(turn, fault);
      return sendWhole(turn.outgoing, failure(turn, fault.status ?? 500));
    case "lose-response":
      await effect(turn, fault);
      return void turn.outgoing.destroy();
    case "late":
      return actLate(turn, fault);
    case "truncate":
      return sendTruncated(turn.outgoing, await effect(turn, fault), fault.framing ?? "broken");
    case "drip":
      return sendDripping(turn.outgoing, await effect(turn, fault), fault.everyMs);
    case "embellish":
      return sendWhole(turn.outgoing, embellishedResponse(await effect(turn, fault), fault.except));
    case "slow":
    case "delay":
      await wait(fault.do === "delay" ? fault.ms : drawMs(fault.ms));
      return sendWhole(turn.outgoing, await effect(turn, fault));
    default:
      return withoutEffect(turn, fault);
  }
}

function withoutEffect(turn: Turn, fault: Fault): void {
  turn.tap?.({ vendor: turn.vendor.name, request: turn.request, response: null, fault: fault.do });
  if (fault.do === "throttle") return sendWhole(turn.outgoing, throttled(turn, fault.retryAfterSeconds));
  if (fault.do === "fail-before") return sendWhole(turn.outgoing, failure(turn, fault.status ?? 500));
  if (fault.do === "bad-gateway")
    return sendWhole(turn.outgoing, {
      status: 502,
      contentType: "text/html",
      body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    });
  if (fault.do === "reset") return void turn.outgoing.destroy();
}

function actLate(turn: Turn, fault: Fault & { do: "late" }): void {
  setTimeout(() => {
    effect(turn, fault).catch((error: unknown) =>
      console.error(`sandbox ${turn.vendor.name}: late effect failed`, error),
    );
  }, fault.afterMs);
  if (fault.answer === "fail") sendWhole(turn.outgoing, failure(turn, 500));
}

/** Only what is JSON: a document for a carrier, or a stream, is as it is. */
function embellishedResponse(response: SandboxResponse, except: readonly string[] | undefined): SandboxResponse {
  const isJson = response.contentType === undefined || response.contentType.includes("json");
  return isJson && response.stream === undefined ? { ...response, body: embellished(response.body, except) } : response;
}

const failure = (turn: Turn, status: number): SandboxResponse =>
  turn.vendor.failure?.(status) ?? { status, body: { error: `sandbox fault ${status}` } };

function throttled(turn: Turn, retryAfterSeconds: number | undefined): SandboxResponse {
  const response = failure(turn, 429);
  if (retryAfterSeconds === undefined) return response;
  return { ...response, headers: { ...response.headers, "retry-after": String(retryAfterSeconds) } };
}

/** A defect of an emulator: shown to the developer, answered with 599 so that no adapter takes it for the vendor's word. */
function failLoudly(vendor: string, outgoing: ServerResponse, error: unknown): void {
  console.error(`sandbox ${vendor}: defect`, error);
  if (outgoing.destroyed || outgoing.headersSent) return;
  outgoing
    .writeHead(599, { "content-type": "text/plain" })
    .end(render({ status: 599, contentType: "text/plain", body: "sandbox defect" }));
}
