import type { Instant } from "@tandem/kernel";

/** A timestamp as the drivers give it: a Date from a column, text from JSON. */
export type Timestamp = Date | string;

export const instantOf = (value: Timestamp): Instant => new Date(value).toISOString();
export const instantOrNull = (value: Timestamp | null): Instant | null => (value === null ? null : instantOf(value));
