import { isJsonObject, type Json } from "@tandem/kernel";
import type { SocketFaults } from "@tandem/ports/sandbox";
import type { Fault } from "./fault-script.ts";

/** Settings of an emulator that its sockets obey: `latency` in milliseconds (a number, or `{p50, p95}`), `stall` true or false. */
export const LATENCY = "latency";
export const STALL = "stall";

interface Settings {
  readonly latency: Json | undefined;
  readonly stall: Json | undefined;
}

/** What a script and the emulator's settings do to one connection. */
export function socketFaultsOf(
  fault: Fault | null,
  settings: () => Settings,
): { readonly faults: SocketFaults; readonly closeAfterMs: number | null; readonly closeCode: number } {
  const openedMs = performance.now();
  const isStalledFrom = fault?.do === "stall" ? openedMs + (fault.afterMs ?? 0) : Number.POSITIVE_INFINITY;
  const faults: SocketFaults = {
    latencyMs: () => drawMs(fault?.do === "slow" ? fault.ms : (settings().latency ?? 0)),
    isStalled: () => performance.now() >= isStalledFrom || settings().stall === true,
  };
  const closes = fault?.do === "close" ? fault : null;
  return { faults, closeAfterMs: closes?.afterMs ?? null, closeCode: closes?.code ?? 1006 };
}

/** A latency: fixed, or log-normal with the given median and 95th percentile. */
export function drawMs(latency: Json): number {
  if (typeof latency === "number") return latency;
  if (!isJsonObject(latency)) return 0;
  const { p50, p95 } = latency;
  if (typeof p50 !== "number") return 0;
  if (typeof p95 !== "number" || p95 <= p50) return p50;
  return p50 * Math.exp((Math.log(p95 / p50) / 1.645) * standardNormal());
}

const standardNormal = (): number =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
