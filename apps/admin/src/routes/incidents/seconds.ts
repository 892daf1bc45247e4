import { useSyncExternalStore } from "react";
import { signalValue } from "../../api/signal-value.ts";

const now = signalValue(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;
let listeners = 0;

/** One timer for all clocks on the page; it stands while none is shown. */
function subscribe(listener: () => void): () => void {
  const leave = now.subscribe(listener);
  listeners += 1;
  now.set(Date.now());
  timer ??= setInterval(() => now.set(Date.now()), 1000);
  return () => {
    leave();
    listeners -= 1;
    if (listeners > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present moment, second by second. */
export const useSeconds = (): number => useSyncExternalStore(subscribe, now.get);

/** "4:09", "1:04:09". */
export function clockText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
