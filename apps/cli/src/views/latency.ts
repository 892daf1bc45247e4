import type { RolloutDetail } from "@tandem/contracts";
import { counted } from "@tandem/kernel";

/** Response latency of a rollout's release in one line: what was estimated, what the smoke test and callers got. */
export function latencyLine({ targetMs, estimated, smoke, live }: RolloutDetail["latency"]): string | null {
  const parts = [
    ...(estimated === null ? [] : [`estimated ${rounded(estimated.p95Ms)} ms`]),
    ...(smoke === null ? [] : [`smoke test ${rounded(smoke.p95Ms)} ms (${counted(smoke.turns, "turn")})`]),
    ...live.map(({ region, p95Ms, turns }) => `callers in ${region} ${rounded(p95Ms)} ms (${counted(turns, "turn")})`),
  ];
  if (parts.length === 0) return null;
  return `  response p95  ${parts.join(" · ")}${targetMs === null ? "" : ` · target ${rounded(targetMs)} ms`}`;
}

const rounded = (ms: number): string => String(Math.round(ms));
