import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/** After a navigation to another page the heading has the focus, and the title of the window is the page's. */
export function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
        const heading = document.querySelector("h1");
        document.title = heading === null ? "Tandem" : `${heading.textContent} · Tandem`;
        if (pathChanged && fromLocation !== undefined) heading?.focus({ preventScroll: true });
      }),
    [router],
  );
}
