import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { classNames } from "./class-names.ts";

interface ScrollBoxProps {
  /** Says what scrolls; read out while it does. */
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** Scrolls sideways where its content is wider than the page; then, and only then, the keyboard reaches it. */
export function ScrollBox({ label, children, className }: ScrollBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = (): void => setScrolls(element.scrollWidth > element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className={classNames("overflow-x-auto rounded-lg border border-line bg-surface", className)}
      {...(scrolls && { role: "region", "aria-label": label, tabIndex: 0 })}
    >
      {children}
    </div>
  );
}
