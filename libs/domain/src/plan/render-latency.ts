import type { LatencyEstimate, Percentiles, ProviderTiming } from "./latency-estimate.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./value-prose.ts";

const PARTS = { stt: "hears (STT)", llm: "thinks (LLM)", tts: "speaks (TTS)" } as const;

/** How fast the release can be expected to answer, as lines; none when nothing was measured. */
export function latencySection(latency: LatencyEstimate | undefined, { paint }: { readonly paint: Paint }): string[] {
  if (latency === undefined) return [];
  const names = latency.providers.map(nameOf);
  const width = Math.max(...names.map((name) => name.length));
  return [
    paint("title", "How fast it will answer (measured just now)"),
    ...latency.providers.map(
      (timing, index) =>
        `    ${(timing.position === 0 ? PARTS[timing.kind] : `  or`).padEnd(13)} ${(names[index] ?? "").padEnd(width)}  ${figures(timing)}`,
    ),
    ...endToEndLines(latency.endToEnd, paint),
  ];
}

const nameOf = ({ provider, model }: ProviderTiming): string => printable(`${provider} ${model}`);

const figures = ({ p50Ms, p95Ms }: Percentiles): string => `p50 ${Math.round(p50Ms)} ms, p95 ${Math.round(p95Ms)} ms`;

function endToEndLines(endToEnd: LatencyEstimate["endToEnd"], paint: Paint): string[] {
  if (endToEnd === null) return [];
  const { speculative, plain, targetMs, isSpeculative } = endToEnd;
  const met = isSpeculative ? speculative : plain;
  const verdict =
    met.p95Ms <= targetMs
      ? paint("good", `within ${targetMs} ms`)
      : paint("warning", `over the target of ${targetMs} ms`);
  return [
    `    end of caller speech → agent heard: ${figures(met)}, ${verdict}`,
    paint(
      "muted",
      isSpeculative
        ? `      without speculation: ${figures(plain)}`
        : `      with speculation: ${figures(speculative)}`,
    ),
  ];
}
