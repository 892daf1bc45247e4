import type { AttentionItem } from "@tandem/ports/store/overview";
import { PLATFORM_TENANT_ID } from "../platform.ts";

/** A fleet rollout as the statement answers it. */
export type PausedFleet = NonNullable<AttentionItem["fleet"]>;

const STOPPED = "f.reason ->> 'code' = 'failure-budget'";
// Failures as the budget counts them, of all waves.
const FAILED =
  "m.state IN ('rolled-back', 'aborted', 'failed', 'blocked') OR (m.state = 'overdue' AND m.reason = 'held')";

/** Fleet rollouts that stand until a person says how they go on; row security shows them to the platform's administrators alone. */
export const PAUSED_FLEETS = `
  SELECT 'fleet-paused', CASE WHEN ${STOPPED} THEN 1 ELSE 3 END, NULL::uuid, NULL::uuid, NULL::uuid, NULL::uuid, a.at, NULL::timestamptz,
    coalesce(f.reason ->> 'code', 'pause-asked'), coalesce(f.reason ->> 'detail', ''), coalesce(f.reason ->> 'nextAction', ''), NULL::uuid,
    jsonb_build_object('id', f.id, 'playbook', f.playbook, 'version', f.version, 'pausedBy', CASE WHEN a.action = 'fleet-rollout.pause-asked' THEN a.actor END,
      'failed', m.failed, 'through', m.through, 'members', m.members)
  FROM fleet_rollout f
  LEFT JOIN LATERAL (SELECT at, actor, action FROM audit
    WHERE tenant_id = '${PLATFORM_TENANT_ID}' AND object = 'fleet-rollout/' || f.id
      AND action IN ('fleet-rollout.paused', 'fleet-rollout.pause-asked')
    ORDER BY seq DESC LIMIT 1) a ON true
  CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE ${FAILED}) AS failed, count(*) FILTER (WHERE m.state = 'succeeded') AS through,
    count(*) AS members FROM fleet_member m WHERE m.fleet_rollout_id = f.id) m
  WHERE f.state = 'paused'`;
