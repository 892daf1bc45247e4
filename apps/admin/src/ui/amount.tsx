import { formatDuration, formatMoney } from "./time-text.ts";

/** A length of time; null shows a dash. */
export const Duration = ({ ms }: { readonly ms: number | null }) => (
  <span className="whitespace-nowrap tabular-nums">{ms === null ? "–" : formatDuration(ms)}</span>
);

/** Money from millionths of the currency's unit; null shows a dash. */
export const Money = ({ micros, currency }: { readonly micros: number | null; readonly currency: string }) => (
  <span className="whitespace-nowrap tabular-nums">{micros === null ? "–" : formatMoney(micros, currency)}</span>
);

/** A share between 0 and 1 as per cent; null shows a dash. */
export const Percent = ({ ratio }: { readonly ratio: number | null }) => (
  <span className="whitespace-nowrap tabular-nums">
    {ratio === null ? "–" : `${(ratio * 100).toFixed(ratio === 1 ? 0 : 1)} %`}
  </span>
);
