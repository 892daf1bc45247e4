import {
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { classNames } from "./class-names.ts";
import { type Align, useFloat } from "./float.ts";
import { triggerOf } from "./popover.tsx";

export interface MenuEntry {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly onPick: () => void;
  readonly isDanger?: boolean;
  /** Why it cannot be picked now; shown below the label. */
  readonly disabledBecause?: string | null;
  /** Set for one of several that exclude each other. */
  readonly isChosen?: boolean;
}

export interface MenuProps {
  /** The `Button` or `IconButton` that opens it. */
  readonly trigger: ReactElement<{ popoverTarget?: string; "aria-haspopup"?: "menu" }>;
  readonly entries: readonly (MenuEntry | "separator")[];
  readonly align?: Align;
}

/** Actions behind a button: arrows move, letters find, Escape closes. */
export function Menu({ trigger, entries, align = "end" }: MenuProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useFloat(panel, () => triggerOf(id), align, isOpen);
  useEffect(() => {
    if (isOpen) itemsOf(panel.current)[0]?.focus();
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = itemsOf(panel.current);
    const next = nextItem(items, items.indexOf(document.activeElement as HTMLElement), event.key);
    if (next === undefined && event.key !== "Tab") return;
    event.preventDefault();
    if (next === undefined) panel.current?.hidePopover();
    else next.focus();
  };
  const pick = (entry: MenuEntry): void => {
    if ((entry.disabledBecause ?? null) !== null) return;
    panel.current?.hidePopover();
    entry.onPick();
  };
  return (
    <>
      {cloneElement(trigger, { popoverTarget: id, "aria-haspopup": "menu" })}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        onToggle={(event) => setOpen(event.newState === "open")}
        onKeyDown={onKeyDown}
        className="min-w-48 rounded-lg border border-line bg-raised p-1 text-base text-ink shadow-raised outline-none"
      >
        {isOpen &&
          entries.map((entry, index) =>
            entry === "separator" ? (
              <hr key={`separator-${index}`} className="my-1 border-line" />
            ) : (
              <Entry key={entry.label} entry={entry} onPick={() => pick(entry)} />
            ),
          )}
      </div>
    </>
  );
}

const ROW =
  "flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 py-1 text-left outline-none select-none hover:bg-hover focus:bg-hover aria-disabled:cursor-not-allowed aria-disabled:text-ink-faint";

function Entry({ entry, onPick }: { readonly entry: MenuEntry; readonly onPick: () => void }) {
  const { label, icon, isDanger = false, disabledBecause = null, isChosen } = entry;
  const state = isChosen === undefined ? { role: "menuitem" } : { role: "menuitemradio", "aria-checked": isChosen };
  return (
    <button
      type="button"
      tabIndex={-1}
      {...state}
      aria-disabled={disabledBecause !== null || undefined}
      onClick={onPick}
      className={classNames(ROW, isDanger && "text-bad")}
    >
      {icon}
      <span className="flex-1">
        {label}
        {disabledBecause !== null && <span className="block text-sm text-ink-faint">{disabledBecause}</span>}
      </span>
      {isChosen === true && <span aria-hidden="true">✓</span>}
    </button>
  );
}

const itemsOf = (menu: HTMLElement | null): HTMLElement[] => [
  ...(menu?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? []),
];

/** Where a key leads; undefined for keys that do not move. */
function nextItem(items: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  const count = items.length;
  if (key === "ArrowDown") return items[(at + 1) % count];
  if (key === "ArrowUp") return items[(at - 1 + count) % count];
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (key.length !== 1 || key === " ") return undefined;
  const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return after.find((item) => item.textContent.toLowerCase().startsWith(key.toLowerCase()));
}
