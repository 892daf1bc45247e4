import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { signalValue } from "../api/signal-value.ts";
import { Switch } from "../ui/choice.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { keySequence } from "./key-sequence.ts";

/** Whether the help is open. */
export const keyHelp = signalValue(false);

const STORED = "tandem.keys";
const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["?", "this help"],
  ["/", "the page's search"],
  ["t", "switch tenant"],
  ["b", "roll the deployment back (asks first)"],
  ["g o", "overview"],
  ["g p", "playbooks"],
  ["Esc", "close what is open"],
];

/** Single keys for who works here all day; off with one switch, because they get in the way of speech input. */
export function KeyHelp() {
  const isOpen = useSyncExternalStore(keyHelp.subscribe, keyHelp.get);
  const [isOn, setOn] = useState(() => localStorage.getItem(STORED) !== "off");
  useKeys(isOn);
  const change = (on: boolean): void => {
    setOn(on);
    localStorage.setItem(STORED, on ? "on" : "off");
  };
  return (
    <Dialog isOpen={isOpen} onClose={() => keyHelp.set(false)} title="Keyboard" width="narrow">
      <dl className="grid grid-cols-[5rem_1fr] gap-y-2 pb-5">
        {KEYS.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt className="flex gap-1">
              {keys.split(" ").map((key) => (
                <kbd key={key} className="rounded-sm border border-edge bg-sunken px-1.5 font-mono text-sm">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-ink-soft">{what}</dd>
          </div>
        ))}
      </dl>
      <Switch label="Use single keys" checked={isOn} onChange={(event) => change(event.target.checked)} />
    </Dialog>
  );
}

function useKeys(isOn: boolean): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (!isOn) return undefined;
    const read = keySequence();
    const actions: Readonly<Record<string, () => void>> = {
      "?": () => keyHelp.set(true),
      "/": () => focusOn("[data-shortcut=search]"),
      t: () => document.querySelector<HTMLElement>("[data-shortcut=tenant]")?.click(),
      b: () => document.querySelector<HTMLElement>("[data-shortcut=rollback]")?.click(),
      "g o": () => void navigate({ to: "/" }),
      "g p": () => void navigate({ to: "/playbooks" }),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusyElsewhere(event.target)) return;
      const keys = read(event.key, event.timeStamp);
      const action = keys === null ? undefined : actions[keys];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn, navigate]);
}

/** Typing, a menu or a dialog has the keys. */
const isBusyElsewhere = (target: EventTarget | null): boolean =>
  document.querySelector("dialog[open], :popover-open:not([role=tooltip])") !== null ||
  (target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable], [role=menu]") !== null);

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
