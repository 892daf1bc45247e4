import type { ReplayComparison, ReplayReport, ReplayWords } from "@tandem/domain/replay";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { ReplayView } from "@tandem/ports/store/replays";
import { entryOf } from "../audit/facts.ts";
import { json, type Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { type ControlContext, effectIdOf, inActorsTenant, requireTenant, UUID } from "./context.ts";

const IS_DEPLOYMENT = "SELECT 1 FROM deployment WHERE tenant_id = $1 AND id = $2";
const INSERT = `
  INSERT INTO replay (tenant_id, id, deployment_id, policy, requested_by) VALUES ($1, $2, $3, $4::jsonb, $5) ON CONFLICT DO NOTHING`;
const PENDING = "SELECT id FROM replay WHERE tenant_id = $1 AND deployment_id = $2 AND state = 'pending'";
const ASKED = `
  SELECT id, deployment_id AS "deploymentId", NULL AS "rolloutId", state, report, failure FROM replay
  WHERE tenant_id = $1 AND id = $2`;
const OVER =
  "NOT (memory ? 'replay') AND phase IN ('aborting', 'aborted', 'rolling-back', 'rolled-back', 'succeeded', 'failed')";
const OF_ROLLOUT = `
  SELECT id, deployment_id AS "deploymentId", id AS "rolloutId", memory -> 'replay' AS report,
    CASE WHEN ${OVER} THEN 'failed' WHEN memory ? 'replay' THEN 'done' ELSE 'pending' END AS state,
    CASE WHEN ${OVER} THEN 'The rollout left its last gate before its past sessions were replayed.' END AS failure FROM rollout
  WHERE tenant_id = $1 AND id = $2 AND policy -> 'replay' IS NOT NULL`;
const SESSIONS = `
  SELECT comparison, CASE WHEN $3::boolean AND words_until > now() THEN words END AS words FROM replay_session
  WHERE tenant_id = $1 AND replay_id = $2 ORDER BY (comparison ->> 'verdict' = 'differs') DESC, created_at, session_id`;

type Methods = Pick<ControlStore, "requestReplay" | "replay" | "replayOfRollout">;

/** Replays that are asked for, and what replays came to. */
export function replayMethods(context: ControlContext): Methods {
  const readWith =
    (text: string): ControlStore["replay"] =>
    async (actor, id, { withWords }) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(id)) return null;
      return inActorsTenant(context, actor, (sql) => readReplay(sql, text, { tenantId, id, withWords }));
    };
  return {
    requestReplay: (actor, deploymentId, policy) => {
      const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
      return inActorsTenant(context, actor, async (sql) => {
        if (!UUID.test(deploymentId) || (await sql.row(IS_DEPLOYMENT, [tenantId, deploymentId])) === null)
          throw new AppError("not_found", "There is no such deployment.");
        const added = await sql.run(INSERT, [tenantId, id, deploymentId, json(policy), actor.subject]);
        if (added === 0) return { replayId: await presentOne(sql, { tenantId, id, deploymentId }) };
        await closeRequest(context, actor, sql, { id, deploymentId });
        return { replayId: id };
      });
    },
    replay: readWith(ASKED),
    replayOfRollout: readWith(OF_ROLLOUT),
  };
}

interface Asked {
  readonly tenantId: string;
  readonly id: string;
  readonly deploymentId: string;
}

/** One at a time: whoever asks meanwhile is told of the one under way, and the same request again of what it made. */
async function presentOne(sql: Sql, { tenantId, id, deploymentId }: Asked): Promise<string> {
  return (await sql.row<{ id: string }>(PENDING, [tenantId, deploymentId]))?.id ?? id;
}

async function closeRequest(
  context: ControlContext,
  actor: Actor,
  sql: Sql,
  { id, deploymentId }: Omit<Asked, "tenantId">,
): Promise<void> {
  const closing = new ClosingWrites(sql, requireTenant(actor));
  const entry = entryOf(actor, { action: "replay.requested", object: `deployment/${deploymentId}`, after: { id } });
  closing.audit(entry, actor.requestId);
  await closing.write(context.options.newId);
}

interface Row {
  readonly id: string;
  readonly deploymentId: string;
  readonly rolloutId: string | null;
  readonly state: ReplayView["state"];
  readonly report: ReplayReport | null;
  readonly failure: string | null;
}

async function readReplay(
  sql: Sql,
  text: string,
  { tenantId, id, withWords }: { readonly tenantId: string; readonly id: string; readonly withWords: boolean },
): Promise<ReplayView | null> {
  const row = await sql.row<Row>(text, [tenantId, id]);
  if (row === null) return null;
  const rows = await sql.rows<{ comparison: ReplayComparison; words: ReplayWords | null }>(SESSIONS, [
    tenantId,
    id,
    withWords,
  ]);
  return { ...row, sessions: rows.map(({ comparison, words }) => ({ ...comparison, words })) };
}
