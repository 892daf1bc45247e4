import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { formatInstant, formatRelative } from "./time-text.ts";

const ZoneContext = createContext<string>(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** The zone in which the times inside are shown: the tenant's. Without one, the browser's. */
export const ZoneProvider = ZoneContext.Provider;
export const useZone = (): string => useContext(ZoneContext);

/** One clock for the page, so that all relative times move together. */
const MINUTE_MS = 30_000;
let nowMs = Date.now();
const clockListeners = new Set<() => void>();
setInterval(() => {
  nowMs = Date.now();
  for (const listener of clockListeners) listener();
}, MINUTE_MS);
const subscribe = (listener: () => void): (() => void) => {
  clockListeners.add(listener);
  return () => clockListeners.delete(listener);
};

export interface TimeProps {
  /** ISO 8601 instant; null shows a dash. */
  readonly at: string | null;
  /** `both`: "3 min ago · 14:05"; `relative` for narrow cells; `absolute` for records. */
  readonly show?: "both" | "relative" | "absolute";
}

/** A moment in the tenant's zone, in UTC on hover. */
export function Time({ at, show = "both" }: TimeProps) {
  const zone = useZone();
  const ticked = useSyncExternalStore(subscribe, () => nowMs);
  const shownAt = useMemo(() => (at === null ? 0 : Date.now()), [at]); // what happened since the last tick is no future
  const now = Math.max(ticked, shownAt);
  if (at === null) return <span className="text-ink-faint">–</span>;
  const instant = new Date(at);
  const absolute = formatInstant(instant, zone, now);
  const relative = formatRelative(instant, now);
  const text = { both: `${relative} · ${absolute}`, relative, absolute }[show];
  return (
    <time dateTime={at} title={`${instant.toISOString().replace("T", " ").slice(0, 19)} UTC · here ${zone}`}>
      {text}
    </time>
  );
}
