import "uplot/dist/uPlot.min.css";
import { type RefObject, useEffect, useRef } from "react";
import type UPlot from "uplot";

/**
 * The box of a chart: drawn anew when `drawn`, which stands for all that is drawn, has changed, and when light and dark have; it follows
 * the width of its box.
 */
export function usePlot(
  heightPx: number,
  drawn: string,
  draw: (box: HTMLDivElement) => UPlot,
): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (box === null) return undefined;
    let plot = draw(box);
    const redraw = (): void => {
      plot.destroy();
      plot = draw(box);
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: heightPx }));
    sizes.observe(box);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.destroy();
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `drawn` stands for what `draw` draws
  }, [heightPx, drawn]);
  return place;
}
