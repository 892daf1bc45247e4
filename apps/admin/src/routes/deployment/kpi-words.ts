import type { Schemas } from "../../api/generated/schema.ts";
import { formatDuration, formatMoney } from "../../ui/time-text.ts";

type KpiValue = Schemas["KpiValue"];

export const KPI_WORDS: Readonly<Record<KpiValue["formula"], string>> = {
  "self-serve": "Self-serve",
  "handling-time": "Average handling time",
  booked: "Booked meetings",
  missed: "Missed calls",
  voicemail: "Voicemail",
  containment: "Containment",
  "first-call-resolution": "First-call resolution",
  "cost-per-call": "Cost per call",
};

/** The value in its unit; a dash without a sample. */
export function shown({ value, unit }: Pick<KpiValue, "value" | "unit">): string {
  if (value === null) return "–";
  if (unit === "ratio") return `${(value * 100).toFixed(value === 0 || value === 1 ? 0 : 1)} %`;
  if (unit === "seconds") return formatDuration(value * 1000);
  if (unit === "currency") return formatMoney(value, "USD");
  return String(Math.round(value * 10) / 10);
}

/** How a value stands to the one before; null where one of both has no sample. */
export function compare(
  now: Pick<KpiValue, "value" | "unit" | "goodDirection">,
  before: Pick<KpiValue, "value">,
): "better" | "worse" | "same" | null {
  if (now.value === null || before.value === null) return null;
  if (shown(now) === shown({ ...now, value: before.value })) return "same";
  return now.value > before.value === (now.goodDirection === "up") ? "better" : "worse";
}
