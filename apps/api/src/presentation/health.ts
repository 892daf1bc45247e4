import type { DeploymentHealth, HealthSeries } from "@tandem/contracts";
import {
  type DeploymentHealth as KeptHealth,
  type HealthSeries as KeptSeries,
  type Stack,
  touchedStacks,
} from "@tandem/domain/incident";
import type { ReleaseMove } from "@tandem/ports/store/incidents";

/** Health for readers: each stack with the release that changed it last, and where its runbook stands. */
export const presentHealth = (
  deploymentId: string,
  { from, to, calls, stacks }: KeptHealth,
  moves: readonly ReleaseMove[],
): DeploymentHealth => ({
  deploymentId,
  from,
  to,
  calls,
  stacks: stacks.map(({ stack, word, figures }) => ({
    stack,
    word,
    figures: [...figures],
    lastChange: lastChangeOf(stack, moves),
    runbook: `docs/runbooks/${stack}.md`,
  })),
});

/** The same over time: thresholds and meanings are those of the present health. */
export const presentHealthSeries = (deploymentId: string, { windowMs, windows }: KeptSeries): HealthSeries => ({
  deploymentId,
  windowMinutes: windowMs / 60_000,
  windows: windows.map(({ from, to, calls, stacks }) => ({
    from,
    to,
    calls,
    stacks: stacks.map(({ stack, word, figures }) => ({
      stack,
      word,
      figures: figures.map(({ name, count, of }) => ({ name, count, of })),
    })),
  })),
});

function lastChangeOf(stack: Stack, moves: readonly ReleaseMove[]): DeploymentHealth["stacks"][number]["lastChange"] {
  const move = moves.find(({ bundle, before }) => bundle !== null && touchedStacks(before, bundle).includes(stack));
  if (move === undefined || move.bundle === null) return null;
  const { at, rolloutId, cause, release, bundle } = move;
  return { at, rolloutId, cause, release, playbook: `${bundle.playbook.name}@${bundle.playbook.version}` };
}
