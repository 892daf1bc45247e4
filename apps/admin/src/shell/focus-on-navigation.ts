import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** After a navigation to another page the heading has the focus unless the address names a part of it; the title of the window is the page's. */
export function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation, toLocation: { hash } }) => {
        const heading = document.querySelector("h1");
        document.title = heading === null ? "Tandem" : `${heading.textContent} · Tandem`;
        const hasAnchor = hash !== "" && document.querySelector(`[id="${CSS.escape(hash)}"]`) !== null;
        if (pathChanged && fromLocation !== undefined && !hasAnchor) heading?.focus({ preventScroll: true });
      }),
    [router],
  );
}
