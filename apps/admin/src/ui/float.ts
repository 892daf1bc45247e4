import { type RefObject, useLayoutEffect } from "react";

export type Align = "start" | "center" | "end";

const GAP_PX = 6;
const MARGIN_PX = 8;

/** Keeps an open panel of the top layer at its anchor: below it, or above where there is more room, and within the window. */
export function useFloat(
  panel: RefObject<HTMLElement | null>,
  anchorOf: () => Element | null | undefined,
  align: Align,
  isOpen: boolean,
): void {
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    const place = (): void => {
      const anchor = anchorOf();
      if (panel.current !== null && anchor != null) moveTo(panel.current, anchor.getBoundingClientRect(), align);
    };
    place();
    const options = { capture: true, passive: true };
    window.addEventListener("scroll", place, options);
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, options);
      window.removeEventListener("resize", place);
    };
  });
}

function moveTo(panel: HTMLElement, anchor: DOMRect, align: Align): void {
  const { offsetWidth: width, offsetHeight: height } = panel;
  const fitsBelow = anchor.bottom + GAP_PX + height + MARGIN_PX <= window.innerHeight;
  const isBelow = fitsBelow || window.innerHeight - anchor.bottom >= anchor.top;
  const top = isBelow ? anchor.bottom + GAP_PX : anchor.top - GAP_PX - height;
  const left = {
    start: anchor.left,
    center: anchor.left + (anchor.width - width) / 2,
    end: anchor.right - width,
  }[align];
  const most = document.documentElement.clientWidth - width - MARGIN_PX;
  panel.style.inset = "auto";
  panel.style.margin = "0";
  panel.style.left = `${Math.max(MARGIN_PX, Math.min(left, most))}px`;
  panel.style.top = `${Math.max(MARGIN_PX, top)}px`;
}
