import { cloneElement, type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { type Align, useFloat } from "./float.ts";

export interface PopoverProps {
  /** A `Button` or `IconButton`; the browser opens and closes the panel with it. */
  readonly trigger: ReactElement<{ popoverTarget?: string }>;
  /** What the panel is for; read out. */
  readonly label: string;
  readonly align?: Align;
  readonly children: (close: () => void) => ReactNode;
}

/**
 * A panel at a button, for something small to do. It is the browser's own popover: in the top layer, closed by Escape and by a click
 * beside it, the focus returns to the button; the page behind it stays usable.
 */
export function Popover({ trigger, label, align = "start", children }: PopoverProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useFloat(panel, () => triggerOf(id), align, isOpen);
  useEffect(() => {
    if (isOpen) panel.current?.querySelector<HTMLElement>("[data-autofocus], input, button, a")?.focus();
  }, [isOpen]);
  return (
    <>
      {cloneElement(trigger, { popoverTarget: id })}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onToggle={(event) => setOpen(event.newState === "open")}
        className="w-80 max-w-[calc(100vw-1rem)] rounded-lg border border-line bg-raised p-2 text-base text-ink shadow-raised"
      >
        {isOpen && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}

/** The button that opens the panel of this id. */
export const triggerOf = (id: string): Element | null => document.querySelector(`[popovertarget="${CSS.escape(id)}"]`);
