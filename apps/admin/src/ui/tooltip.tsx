import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useFloat } from "./float.ts";

const DELAY_MS = 350;

/** A short explanation on hover and focus; never the only place of something needed. The child is one element that takes focus. */
export function Tooltip({ text, children }: { readonly text: ReactNode; readonly children: ReactNode }) {
  const id = useId();
  const place = useRef<HTMLSpanElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const anchorOf = (): Element | null | undefined => place.current?.firstElementChild;
  useFloat(bubble, anchorOf, "center", isOpen);
  useEffect(() => anchorOf()?.setAttribute("aria-describedby", id), [id]);
  useEffect(() => {
    if (isOpen) bubble.current?.showPopover();
    else bubble.current?.hidePopover();
  }, [isOpen]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const openAfter = (ms: number): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(true), ms);
  };
  const close = (): void => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only listens to what its child is given */}
      <span
        ref={place}
        className="contents"
        onPointerEnter={({ pointerType }) => pointerType !== "touch" && openAfter(DELAY_MS)}
        onPointerLeave={close}
        onPointerDown={close}
        onFocus={({ target }) => target.matches(":focus-visible") && openAfter(0)}
        onBlur={close}
        onKeyDown={({ key }) => key === "Escape" && close()}
      >
        {children}
      </span>
      <span
        ref={bubble}
        id={id}
        popover="manual"
        role="tooltip"
        className="pointer-events-none w-max max-w-72 rounded-md bg-ink px-2.5 py-1.5 text-sm font-normal whitespace-normal text-on-ink shadow-raised"
      >
        {text}
      </span>
    </>
  );
}
