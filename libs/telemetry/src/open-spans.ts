import type { OtlpOptions } from "./otlp-spans.ts";
import { noSpans, type Spans } from "./spans.ts";

/** Opens the way to a collector; without an address (or a share of 0) no OpenTelemetry code is loaded and nothing is kept. */
export async function openSpans({
  url,
  ...options
}: Omit<OtlpOptions, "url"> & { readonly url: string | null }): Promise<Spans> {
  if (url === null || options.ratio <= 0) return noSpans;
  const { openOtlpSpans } = await import("./otlp-spans.ts");
  return openOtlpSpans({ ...options, url });
}
