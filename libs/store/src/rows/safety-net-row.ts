import type { SafetyNetView } from "@tandem/ports/store/rollouts";
import { instantOf, type Timestamp } from "./instant.ts";

/** What a view reads of a deployment's safety net. */
export interface SafetyNetRow {
  readonly is_held: boolean | null;
  readonly kept_generation: number | null;
  readonly failure: string | null;
  readonly since: Timestamp | null;
}

/** The safety net of a deployment `d`, with the first move of the pointer that it does not follow. */
export const SAFETY_NET = `
  SELECT json_build_object('is_held', n.is_held, 'kept_generation', n.kept_generation, 'failure', n.failure, 'since', (
    SELECT min(h.at) FROM pointer_history h
    WHERE h.tenant_id = n.tenant_id AND h.deployment_id = n.deployment_id AND h.generation > coalesce(n.kept_generation, 0)))
  FROM safety_net n WHERE n.tenant_id = d.tenant_id AND n.deployment_id = d.id AND n.is_held`;

/** Null when no vendor holds the number. */
export function safetyNetOf(row: SafetyNetRow | null, generation: number): SafetyNetView | null {
  if (row === null || row.is_held !== true) return null;
  if (row.kept_generation === generation) return { state: "in-step" };
  return { state: "lagging", since: row.since === null ? null : instantOf(row.since), failure: row.failure };
}
