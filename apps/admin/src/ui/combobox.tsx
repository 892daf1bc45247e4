import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { classNames } from "./class-names.ts";
import { Input } from "./input.tsx";

export interface ComboboxOption {
  readonly value: string;
  readonly label: string;
  /** Beside the label: what tells it from others. */
  readonly note?: ReactNode;
}

export interface ComboboxProps {
  /** Read out when no `Field` is around it. */
  readonly label?: string;
  /** Those that fit the text now; the caller filters, here or on the server. */
  readonly options: readonly ComboboxOption[];
  /** What is typed; the caller keeps it. */
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onPick: (option: ComboboxOption) => void;
  readonly isLoading?: boolean;
  readonly placeholder?: string;
  /** Shown instead of options when there are none. */
  readonly emptyText?: string;
  readonly autoFocus?: boolean;
  /** The list stands open below the text, for use inside of a popover. */
  readonly isInline?: boolean;
}

/** A text with a list of what fits: arrows move, Enter picks, Escape closes. */
export function Combobox(props: ComboboxProps) {
  const { options, text, onText, onPick, isInline = false, autoFocus = false } = props;
  const listId = useId();
  const [isOpen, setOpen] = useState(isInline);
  const [at, setAt] = useState(0);
  const active = Math.min(at, options.length - 1);
  const pick = (option: ComboboxOption | undefined): void => {
    if (option === undefined) return;
    onPick(option);
    if (!isInline) setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setOpen(true);
      setAt(move(active, options.length));
    } else if (event.key === "Enter" && isOpen && options.length > 0) {
      event.preventDefault();
      pick(options[active]);
    } else if (event.key === "Escape" && isOpen && !isInline) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="relative w-full">
      <Input
        role="combobox"
        aria-label={props.label}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        data-autofocus={autoFocus || undefined}
        placeholder={props.placeholder}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => !isInline && setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {isOpen && <Options {...props} listId={listId} active={active} pick={pick} />}
    </div>
  );
}

const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % Math.max(count, 1),
  ArrowUp: (at, count) => (at - 1 + count) % Math.max(count, 1),
  PageDown: (at, count) => Math.min(at + 8, count - 1),
  PageUp: (at) => Math.max(at - 8, 0),
};

interface OptionsProps extends ComboboxProps {
  readonly listId: string;
  readonly active: number;
  readonly pick: (option: ComboboxOption) => void;
}

function Options({
  options,
  listId,
  active,
  pick,
  isLoading = false,
  emptyText = "Nothing fits",
  isInline = false,
  label,
}: OptionsProps) {
  return (
    <div
      className={classNames(
        "max-h-72 overflow-y-auto",
        isInline ? "mt-2" : "absolute z-40 mt-1 w-full rounded-md border border-line bg-raised p-1 shadow-raised",
      )}
    >
      <div id={listId} role="listbox" aria-label={label ?? "Choices"} aria-busy={isLoading}>
        {options.map((option, index) => (
          <div
            key={option.value}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            ref={index === active ? keepInView : undefined}
            className="flex min-h-9 cursor-pointer items-center justify-between gap-3 rounded-sm px-2.5 py-1 hover:bg-hover aria-selected:bg-hover"
            onPointerDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            <span className="truncate">{option.label}</span>
            {option.note !== undefined && <span className="text-sm text-ink-faint">{option.note}</span>}
          </div>
        ))}
      </div>
      {options.length === 0 && <p className="px-2.5 py-2 text-ink-faint">{isLoading ? "Searching …" : emptyText}</p>}
    </div>
  );
}

const keepInView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: "nearest" });
