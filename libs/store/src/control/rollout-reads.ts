import type { LivedRelease } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { listen } from "../listen.ts";
import { CHANNELS } from "../notices.ts";
import {
  type RolloutEventRow,
  rolloutEventOf,
  type RolloutRow,
  rolloutOf,
  type StepRow,
  stepOf,
} from "../rows/rollout-row.ts";
import { readPlan } from "../rollouts/view.ts";
import { type ControlContext, cursorText, inActorsTenant, pageSize, requireTenant, toPage, UUID } from "./context.ts";
import { readRollout } from "./decision.ts";

const STEPS = "SELECT * FROM step WHERE tenant_id = $1 AND rollout_id = $2 ORDER BY seq";
const LIST = `
  SELECT * FROM rollout WHERE tenant_id = $1 AND deployment_id = $2 AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`;
const LIVED = `
  SELECT rollout.id AS "rolloutId", rollout.bundle_hash AS "bundleHash", bundle -> 'playbook' ->> 'name' AS playbook,
    bundle -> 'playbook' ->> 'version' AS version
  FROM pointer_history AS move
  JOIN rollout ON rollout.tenant_id = move.tenant_id AND rollout.id = move.rollout_id
  JOIN release ON release.tenant_id = rollout.tenant_id AND release.hash = rollout.bundle_hash
  WHERE move.tenant_id = $1 AND move.deployment_id = $2 AND move.cause = 'switch'
  ORDER BY move.generation DESC LIMIT 200`;
const EVENTS =
  "SELECT * FROM rollout_event WHERE tenant_id = $1 AND rollout_id = $2 AND seq > $3 ORDER BY seq LIMIT $4";

export function rolloutReadMethods(
  context: ControlContext,
): Pick<ControlStore, "rollout" | "listRollouts" | "livedReleases" | "rolloutEvents" | "watchRollouts"> {
  return {
    rollout: async (actor, rolloutId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(rolloutId)) return null;
      return inActorsTenant(context, actor, async (sql) => {
        const rollout = await readRollout(sql, tenantId, rolloutId);
        if (rollout === null) return null;
        const steps = await sql.rows<StepRow>(STEPS, [tenantId, rolloutId]);
        const plan = rollout.planId === null ? null : await readPlan(sql, context.caches, tenantId, rollout.planId);
        return { ...rollout, steps: steps.map(stepOf), plan };
      });
    },
    listRollouts: async (actor, deploymentId, page) => {
      const [tenantId, before] = [requireTenant(actor), cursorText(page, UUID)];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<RolloutRow>(LIST, [tenantId, deploymentId, before, pageSize(page)]),
      );
      return toPage(rows, page, rolloutOf, (row) => row.id);
    },
    livedReleases: async (actor, deploymentId) => {
      const tenantId = requireTenant(actor);
      return inActorsTenant(context, actor, (sql) => sql.rows<LivedRelease>(LIVED, [tenantId, deploymentId]));
    },
    rolloutEvents: async (actor, rolloutId, afterSeq, limit) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(rolloutId)) throw new AppError("not_found", "There is no such rollout.");
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<RolloutEventRow>(EVENTS, [tenantId, rolloutId, afterSeq, limit]),
      );
      return rows.map(rolloutEventOf);
    },
    watchRollouts: (onEvent) =>
      listen({
        url: context.options.directUrl,
        applicationName: context.options.applicationName,
        channels: [CHANNELS.rollout],
        onNotice: (_channel, rolloutId) => onEvent(rolloutId),
        onResync: () => onEvent(null),
      }),
  };
}
