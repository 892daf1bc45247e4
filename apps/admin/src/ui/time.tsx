import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import { formatInstant, formatRelative } from "./time-text.ts";

const ZoneContext = createContext<string>(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** The zone (IANA) in which the times inside are shown: that of whom the page is about. Null: as around it; outside of all, the browser's. */
export function ZoneProvider({ value, children }: { readonly value: string | null; readonly children: ReactNode }) {
  const around = useZone();
  return <ZoneContext value={value !== null && isZone(value) ? value : around}>{children}</ZoneContext>;
}
export const useZone = (): string => useContext(ZoneContext);

const known = new Map<string, boolean>();
/** Whether the browser knows a zone of this name. */
function isZone(name: string): boolean {
  const isKnown = known.get(name) ?? canFormatIn(name);
  known.set(name, isKnown);
  return isKnown;
}

function canFormatIn(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

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
  /** Where rows are of several tenants: the zone of this one; null or left out: as around it. */
  readonly zone?: string | null;
}

/** A moment in the zone of whom it is about; on hover in UTC and in that zone, by its name. */
export function Time({ at, show = "both", zone: own = null }: TimeProps) {
  const around = useZone();
  const zone = own !== null && isZone(own) ? own : around;
  const ticked = useSyncExternalStore(subscribe, () => nowMs);
  const shownAt = useMemo(() => (at === null ? 0 : Date.now()), [at]); // what happened since the last tick is no future
  const now = Math.max(ticked, shownAt);
  if (at === null) return <span className="text-ink-faint">–</span>;
  const instant = new Date(at);
  const absolute = formatInstant(instant, zone, now);
  const relative = formatRelative(instant, now);
  const text = { both: `${relative} · ${absolute}`, relative, absolute }[show];
  return (
    <time dateTime={at} title={`${instant.toISOString().replace("T", " ").slice(0, 19)} UTC · ${absolute} in ${zone}`}>
      {text}
    </time>
  );
}
