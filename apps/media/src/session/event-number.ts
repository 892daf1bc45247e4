import { createHash } from "node:crypto";

const LANES = 64;
/** Numbers from here on belong to vendor reports. Own events stay below for 4.6 hours, longer than any call. */
const VENDOR_NUMBERS = 2 ** 30;

/** Which of 64 lanes a node numbers its events in, so that two nodes can add to one session without meeting. */
export const laneOf = (node: string): number => createHash("sha256").update(node).digest().readUInt32BE(0) % LANES;

/** Number of a node's own event: its time in the session, so that events of several nodes sort; always above `previous`. */
export function ownEventNumber(startedAtMs: number, nowMs: number, lane: number, previous: number): number {
  const byTime = Math.max(0, nowMs - startedAtMs) * LANES + lane;
  return byTime > previous ? byTime : (Math.floor(previous / LANES) + 1) * LANES + lane;
}

/** Number of a vendor's report, from its identity alone: repeated to any node it is the same event. */
export const vendorEventNumber = (identity: string): number =>
  VENDOR_NUMBERS + (createHash("sha256").update(identity).digest().readUInt32BE(0) % VENDOR_NUMBERS);
