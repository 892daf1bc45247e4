import type { Json } from "@tandem/kernel";
import type { Parameter } from "./parameter.ts";

type Shape = Parameter | Extract<Parameter, { type: "list" }>["of"];

const day = [{ from: "09:00", to: "17:00" }];
const simple = {
  "phone-number": "+15550100000",
  email: "sample@example.com",
  url: "https://example.com/",
  "time-zone": "UTC",
  voice: "sample-voice",
  "weekly-hours": { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: [], sunday: [] },
  holidays: [{ date: "2026-12-25", name: "Sample" }],
  "schedule-overrides": [{ from: "2026-12-24T12:00", to: "2026-12-24T18:00", open: false, note: "Sample" }],
} as const;

/** How many values cover what a declaration allows: both ends of a range, each choice up to eight. */
export const sampleCount = (parameters: readonly Parameter[]): number =>
  Math.max(
    2,
    ...parameters.map((parameter) => (parameter.type === "choice" ? Math.min(parameter.choices.length, 8) : 2)),
  );

/** The n-th value that a declaration allows: even numbers take the low end, odd ones the high end; an optional one is absent at 0. */
export function sampleOf(parameter: Parameter, n: number): Json | undefined {
  return n === 0 && !parameter.required && parameter.default === undefined ? undefined : sample(parameter, n);
}

function sample(shape: Shape, n: number): Json {
  const isLow = n % 2 === 0;
  switch (shape.type) {
    case "text":
      return "x".repeat(isLow ? (shape.min ?? 0) : (shape.max ?? 200));
    case "integer":
      return isLow ? (shape.min ?? Number.MIN_SAFE_INTEGER) : (shape.max ?? Number.MAX_SAFE_INTEGER);
    case "boolean":
      return isLow;
    case "choice":
      return shape.choices[n % shape.choices.length]?.value ?? "";
    case "list":
      return Array.from({ length: isLow ? (shape.min ?? 0) : (shape.max ?? 100) }, () => sample(shape.of, n));
    default:
      return simple[shape.type];
  }
}
