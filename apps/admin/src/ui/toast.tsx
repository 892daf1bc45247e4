import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { signalValue } from "../api/signal-value.ts";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
}

const shown = signalValue<readonly Toast[]>([]);
const SHOWN_MS = 6000;
const MOST = 3;
let lastId = 0;

/** Tells that something has been done, for a few seconds. What failed or must be read belongs on the page instead. */
export function toast(text: string, tone: Tone = "good"): void {
  lastId += 1;
  shown.set([...shown.get().slice(1 - MOST), { id: lastId, text, tone }]);
}

const dismiss = (id: number): void => shown.set(shown.get().filter((each) => each.id !== id));

const EDGES: Readonly<Record<Tone, string>> = {
  neutral: "border-l-edge",
  good: "border-l-good",
  warn: "border-l-warn",
  bad: "border-l-bad",
  busy: "border-l-busy",
};

/** Where toasts stand, once on the page; read out politely. */
export function Toasts() {
  const toasts = useSyncExternalStore(shown.subscribe, shown.get);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 left-4 z-50 grid justify-items-end gap-2"
    >
      {toasts.map((each) => (
        <ToastCard key={each.id} {...each} />
      ))}
    </div>
  );
}

function ToastCard({ id, text, tone }: Toast) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div
      className={classNames(
        "pointer-events-auto flex max-w-md items-center gap-3 rounded-lg border border-l-4 border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-raised",
        EDGES[tone],
      )}
    >
      <span>{text}</span>
      <IconButton size="small" label="Dismiss" icon={<X className="size-4" />} onClick={() => dismiss(id)} />
    </div>
  );
}
