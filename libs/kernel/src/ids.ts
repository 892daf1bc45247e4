import type { Clock } from "./clock.ts";
import type { Rng } from "./rng.ts";

/** Makes UUID version 7 texts (RFC 9562): sortable by creation time. */
export type NewId = () => string;

/** A UUIDv7 maker on the given clock and randomness. */
export const idMaker =
  (clock: Clock, rng: Rng): NewId =>
  () =>
    uuidv7(clock.now(), rng.bytes(10));

function uuidv7(epochMs: number, random: Uint8Array): string {
  const time = Math.trunc(epochMs).toString(16).padStart(12, "0");
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = "89ab"[(random[2] ?? 0) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(5, 8)}-${tail.slice(8, 20).padEnd(12, "0")}`;
}
