import type { TimeSpan } from "@tandem/ports/calendar";

const MINUTE_MS = 60_000;

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Free spans of exactly `slotMinutes` inside the window, earliest first, at most `limit`, none overlapping anything busy or each
 * other. Starts lie on a grid that people say aloud: the greatest common divisor of the length and 30 minutes, counted from midnight UTC
 * (which keeps half-hour time zones on :00 and :30).
 */
export function freeSlots(
  window: TimeSpan,
  busy: readonly TimeSpan[],
  slotMinutes: number,
  limit: number,
): readonly TimeSpan[] {
  const lengthMs = slotMinutes * MINUTE_MS;
  const gridMs = greatestCommonDivisor(slotMinutes, 30) * MINUTE_MS;
  const taken = busy.map(inMilliseconds).toSorted((one, other) => one.startMs - other.startMs);
  const { startMs: windowStartMs, endMs: windowEndMs } = inMilliseconds(window);
  const slots: TimeSpan[] = [];
  let startMs = ceilTo(windowStartMs, gridMs);
  let next = 0;
  while (slots.length < limit && startMs + lengthMs <= windowEndMs) {
    const obstacle = taken[next];
    if (obstacle !== undefined && obstacle.endMs <= startMs) next += 1;
    else if (obstacle !== undefined && obstacle.startMs < startMs + lengthMs) startMs = ceilTo(obstacle.endMs, gridMs);
    else {
      slots.push({ start: iso(startMs), end: iso(startMs + lengthMs) });
      startMs += lengthMs;
    }
  }
  return slots;
}

const inMilliseconds = (span: TimeSpan): Span => ({ startMs: Date.parse(span.start), endMs: Date.parse(span.end) });

const ceilTo = (value: number, step: number): number => Math.ceil(value / step) * step;

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

const greatestCommonDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestCommonDivisor(other, one % other);
