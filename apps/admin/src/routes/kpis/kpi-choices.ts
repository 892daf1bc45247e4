/** The deployment's calls by release, or those of all the tenant's deployments of its playbook by version. */
export const SCOPES = ["deployment", "playbook"] as const;
export type Scope = (typeof SCOPES)[number];

export const SPANS = ["day", "week", "month", "quarter", "year"] as const;
export type Span = (typeof SPANS)[number];

export const FORMULAS = [
  "self-serve",
  "handling-time",
  "booked",
  "missed",
  "containment",
  "first-call-resolution",
  "cost-per-call",
] as const;
export type Formula = (typeof FORMULAS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface SpanWords {
  readonly words: string;
  readonly step: "hour" | "day" | "week";
  readonly lengthMs: number;
}

export const SPAN_WORDS: Readonly<Record<Span, SpanWords>> = {
  day: { words: "24 hours", step: "hour", lengthMs: 23 * HOUR_MS },
  week: { words: "7 days", step: "day", lengthMs: 6 * DAY_MS },
  month: { words: "30 days", step: "day", lengthMs: 29 * DAY_MS },
  quarter: { words: "90 days", step: "day", lengthMs: 89 * DAY_MS },
  year: { words: "52 weeks", step: "week", lengthMs: 51 * 7 * DAY_MS },
};

/** What is asked of the server for a span that ends now; the beginning is moved to a whole hour, so that the same page asks the same. */
export function spanQuery(span: Span, nowMs: number) {
  const { step, lengthMs } = SPAN_WORDS[span];
  const fromMs = Math.floor((nowMs - lengthMs) / HOUR_MS) * HOUR_MS;
  return { step, from: new Date(fromMs).toISOString() };
}
