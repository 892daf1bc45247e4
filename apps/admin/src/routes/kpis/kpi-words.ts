import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration, formatMoney } from "../../ui/time-text.ts";

export type Definition = Schemas["KpiSeries"]["definitions"][number];
type AnyFormula = Definition["formula"];

export const KPI_NAMES: Readonly<Record<AnyFormula, string>> = {
  "self-serve": "Self-serve",
  "handling-time": "Handling time",
  booked: "Booked meetings",
  missed: "Missed",
  voicemail: "Voicemail",
  containment: "Containment",
  "first-call-resolution": "First-call resolution",
  "cost-per-call": "Cost per call",
};

const UNITS: Readonly<Record<Definition["unit"], string>> = {
  ratio: "per cent of calls",
  seconds: "seconds, mean",
  count: "calls",
  currency: "US dollars, mean",
};

export const unitWords = (unit: Definition["unit"]): string => UNITS[unit];
export const directionWords = (direction: Definition["goodDirection"]): string =>
  direction === "up" ? "More is better" : "Less is better";

/** A value in the words of its unit: "61.2 %", "3 min 20 s", "14", "$0.0240"; a dash without one. */
export function kpiText(unit: Definition["unit"], value: number | null): string {
  if (value === null) return "–";
  switch (unit) {
    case "ratio":
      return `${(value * 100).toFixed(value === 1 || value === 0 ? 0 : 1)} %`;
    case "seconds":
      return formatDuration(value * 1000);
    case "count":
      return String(Math.round(value));
    case "currency":
      return formatMoney(value, "USD");
  }
}

/** How far a value is from the one before: "+4.1 points", "−20 s"; null where there is nothing to hold it against. */
export function differenceText(unit: Definition["unit"], now: number | null, before: number | null): string | null {
  if (now === null || before === null) return null;
  const difference = now - before;
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  const size = Math.abs(difference);
  return unit === "ratio" ? `${sign}${(size * 100).toFixed(1)} points` : `${sign}${kpiText(unit, size)}`;
}

/** Whether a move is one that is wished for; null where nothing moved or nothing can be compared. */
export function isBetter(direction: Definition["goodDirection"], now: number | null, before: number | null) {
  if (now === null || before === null || now === before) return null;
  return direction === "up" ? now > before : now < before;
}
