import type { ReleaseBundle } from "@tandem/domain/release";
import type { ReleaseMove } from "@tandem/ports/store/incidents";
import type { Sql } from "../database/sql.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";

const MOST_MOVES = 50;

const MOVES = `
  SELECT p.at, p.cause, p.pointer ->> 'active' AS active, p.rollout_id AS "rolloutId", r.bundle_hash AS release, r.target_slot AS target
  FROM pointer_history p LEFT JOIN rollout r ON r.tenant_id = p.tenant_id AND r.id = p.rollout_id
  WHERE p.tenant_id = $1 AND p.deployment_id = $2 ORDER BY p.generation DESC LIMIT ${MOST_MOVES}`;
const BUNDLES = "SELECT hash, bundle FROM release WHERE tenant_id = $1 AND hash = ANY ($2::text[])";

interface MoveRow {
  readonly at: Timestamp;
  readonly cause: string;
  readonly active: string;
  readonly rolloutId: string | null;
  readonly release: string | null;
  readonly target: string | null;
}

type Change = Omit<ReleaseMove, "bundle" | "before"> & { readonly previous: string | null };

/** Moves that brought another release, newest first. What a slot holds is told by the rollout that filled it last. */
export async function releaseMoves(sql: Sql, tenantId: string, deploymentId: string): Promise<readonly ReleaseMove[]> {
  const rows = await sql.rows<MoveRow>(MOVES, [tenantId, deploymentId]);
  const changes = changesOf(rows.toReversed());
  const hashes = [...new Set(changes.flatMap(({ release, previous }) => [release, previous ?? release]))];
  const bundles = await sql.rows<{ hash: string; bundle: ReleaseBundle }>(BUNDLES, [tenantId, hashes]);
  const bundleOf = (hash: string | null) => bundles.find((each) => each.hash === hash)?.bundle ?? null;
  return changes
    .map(({ previous, ...change }) => ({ ...change, bundle: bundleOf(change.release), before: bundleOf(previous) }))
    .toReversed();
}

function changesOf(moves: readonly MoveRow[]): Change[] {
  const held = new Map<string, string>();
  const changes: Change[] = [];
  let previous: string | null = null;
  for (const { at, cause, active, rolloutId, release, target } of moves) {
    if (release !== null && target !== null) held.set(target, release);
    const present = held.get(active) ?? null;
    if (present === null || present === previous) continue;
    changes.push({ at: instantOf(at), cause, rolloutId, release: present, previous });
    previous = present;
  }
  return changes;
}
