import { useLocation } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";

/** What a section needs to be led to by `#id`. */
export interface Anchor {
  readonly id: string;
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

/** A place that addresses of the page name with `#id`: once it is there it is scrolled to, and its heading has the focus. */
export function useAnchor(id: string): Anchor {
  const heading = useRef<HTMLHeadingElement>(null);
  const isNamed = useLocation({ select: ({ hash }) => hash === id });
  useEffect(() => {
    if (!isNamed) return;
    heading.current?.closest("section")?.scrollIntoView();
    heading.current?.focus({ preventScroll: true });
  }, [isNamed]);
  return { id, heading };
}
