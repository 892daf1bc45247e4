import { setTimeout as sleep } from "node:timers/promises";
import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import type { Twin } from "./twin.ts";

const LOOK_MS = 15;
const PATIENCE_MS = 10_000;

/**
 * Milliseconds from `clickedMs` until each media node that nothing was done to serves this generation or a later one. Null: no node
 * was healthy all the time. Infinity: one did not see it within ten seconds.
 */
export async function visibleAfterMs(
  nodes: readonly Twin[],
  ticketKey: string,
  move: { readonly deploymentId: string; readonly generation: number; readonly clickedMs: number },
): Promise<number | null> {
  const seen = await Promise.all(nodes.map((node) => seenBy(node, ticketKey, move)));
  const healthy = seen.filter((ms) => ms !== null);
  return healthy.length === 0 ? null : Math.max(...healthy);
}

async function seenBy(
  node: Twin,
  ticketKey: string,
  { deploymentId, generation, clickedMs }: { deploymentId: string; generation: number; clickedMs: number },
): Promise<number | null> {
  const authorization = `Bearer ${signTicket(new Secret(ticketKey), "operations", {}, Date.now() + 60_000)}`;
  while (performance.now() - clickedMs < PATIENCE_MS) {
    if (!node.wasHealthy(clickedMs, performance.now())) return null;
    const shown = await shownBy(node, authorization);
    const own = shown?.find((each) => each.deploymentId === deploymentId);
    if (own !== undefined && own.generation >= generation) return performance.now() - clickedMs;
    await sleep(LOOK_MS);
  }
  return node.wasHealthy(clickedMs, performance.now()) ? Infinity : null;
}

type Shown = readonly { readonly deploymentId: string; readonly generation: number }[];

async function shownBy(node: Twin, authorization: string): Promise<Shown | null> {
  try {
    const response = await fetch(`${node.origin}/nodes`, {
      headers: { authorization },
      signal: AbortSignal.timeout(2000),
    });
    return ((await response.json()) as { deployments: Shown }).deployments;
  } catch {
    return null;
  }
}
