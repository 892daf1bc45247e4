import type { WaveLimits } from "./fleet-rollout.ts";
import type { OpenMember } from "./member.ts";

/** What decides who is next. */
export interface Line {
  /** Members that may begin now, in the order of the plan. */
  readonly ready: readonly OpenMember[];
  /** Tenant id → members of the wave whose rollouts take up room now. */
  readonly occupied: ReadonlyMap<string, number>;
  /** Tenant id → members of the wave that have been begun so far. */
  readonly begun: ReadonlyMap<string, number>;
  readonly limits: Pick<WaveLimits, "concurrency" | "perTenant">;
}

/**
 * Who begins next: whoever's tenant has had the fewest turns, so that a tenant with hundreds of deployments, slow vendors or many
 * failures takes turns with the others and never their room.
 */
export function nextMembers({ ready, occupied, begun, limits }: Line): readonly OpenMember[] {
  let room = limits.concurrency - [...occupied.values()].reduce((sum, count) => sum + count, 0);
  const busy = new Map(occupied);
  const turns = new Map(begun);
  const lines = new Map<string, OpenMember[]>();
  for (const member of ready) {
    const line = lines.get(member.tenantId);
    if (line === undefined) lines.set(member.tenantId, [member]);
    else line.push(member);
  }
  const chosen: OpenMember[] = [];
  while (room > 0) {
    const tenantId = fewestTurns(lines, { turns, busy, most: limits.perTenant });
    if (tenantId === null) break;
    const member = lines.get(tenantId)?.shift();
    if (member === undefined) break;
    chosen.push(member);
    busy.set(tenantId, (busy.get(tenantId) ?? 0) + 1);
    turns.set(tenantId, (turns.get(tenantId) ?? 0) + 1);
    room -= 1;
  }
  return chosen;
}

function fewestTurns(
  lines: ReadonlyMap<string, readonly OpenMember[]>,
  { turns, busy, most }: { turns: ReadonlyMap<string, number>; busy: ReadonlyMap<string, number>; most: number },
): string | null {
  let best: { readonly tenantId: string; readonly turns: number } | null = null;
  for (const [tenantId, line] of lines) {
    if (line.length === 0 || (busy.get(tenantId) ?? 0) >= most) continue;
    const own = turns.get(tenantId) ?? 0;
    if (best === null || own < best.turns) best = { tenantId, turns: own };
  }
  return best?.tenantId ?? null;
}
