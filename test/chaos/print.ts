import { type Measures, quantile } from "./measures.ts";
import type { ProcessChaosReport } from "./process-chaos.ts";

/** The bars that operators are promised, milliseconds. */
const TAKEOVER_P99_MS = 20_000;
const VISIBLE_P99_MS = 2000;

/** Prints what a run came to; true when nothing broke and the bars were held. */
export function printProcessChaos({ queue, measures, violations, ends }: ProcessChaosReport): boolean {
  const { calls, writes, nemesis } = measures;
  console.log(`── queue in ${queue}`);
  console.log(`troubles: ${[...nemesis].map(([name, count]) => `${name} ${count}`).join(", ")}`);
  console.log(
    `rollouts: ${Object.entries(ends)
      .map(([phase, count]) => `${phase} ${count}`)
      .join(", ")}`,
  );
  console.log(line("takeover after a killed worker", measures.takeoverMs, TAKEOVER_P99_MS));
  console.log(line("rollback seen by every healthy media node", measures.visibleMs, VISIBLE_P99_MS));
  console.log(line("rollback acknowledged", measures.acknowledgedMs));
  console.log(line("  while a worker stood still", measures.whilePausedMs));
  const lost = violations.filter((text) => text.startsWith("I10")).length;
  console.log(`writes: ${writes.length} acknowledged, ${lost} lost`);
  console.log(`calls: ${calls.agent} to an agent, ${calls.person} to a person, ${calls.nobody} not answered`);
  console.log(`violations: ${violations.length}`);
  for (const text of violations) console.log(`VIOLATION ${text}`);
  return violations.length === 0 && isWithin(measures);
}

function isWithin({ takeoverMs, visibleMs }: Measures): boolean {
  return (quantile(takeoverMs, 0.99) ?? 0) <= TAKEOVER_P99_MS && (quantile(visibleMs, 0.99) ?? 0) <= VISIBLE_P99_MS;
}

function line(what: string, values: readonly number[], barMs?: number): string {
  const shown = (share: number) => Math.round(quantile(values, share) ?? 0);
  const bar = barMs === undefined ? "" : ` (bar for p99: ${barMs} ms)`;
  return values.length === 0
    ? `${what}: never measured`
    : `${what}: ${values.length} times, p50 ${shown(0.5)} ms, p99 ${shown(0.99)} ms, most ${shown(1)} ms${bar}`;
}
