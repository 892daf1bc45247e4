import type { Plan } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, CheckState, ControlStore } from "@tandem/ports/store/control";
import { entryOf } from "../audit/facts.ts";
import type { Sql } from "../database/sql.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { saveRelease } from "../journal/release-writes.ts";
import { readPlan } from "../rollouts/view.ts";
import { type ControlContext, effectIdOf, inActorsTenant, requireTenant, UUID } from "./context.ts";
import { planStandingMethods } from "./plan-standing.ts";

interface CommandRow {
  kind: string;
  state: string;
  result: Json;
  code: string | null;
  detail: string | null;
}

const INSERT = `
  INSERT INTO command (tenant_id, id, kind, subject_id, bundle_hash, requested_by) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (tenant_id, id) DO NOTHING`;
const COMMAND = "SELECT kind, state, result, code, detail FROM command WHERE tenant_id = $1 AND id = $2";
const NEWEST_PLAN = `
  SELECT content FROM plan WHERE tenant_id = $1 AND deployment_id = $2 AND bundle_hash = $3 ORDER BY created_at DESC LIMIT 1`;
const RELEASE = "SELECT bundle FROM release WHERE tenant_id = $1 AND hash = $2";
const IS_DEPLOYMENT = "SELECT 1 FROM deployment WHERE tenant_id = $1 AND id = $2";
const IS_CONNECTION = "SELECT 1 FROM connection WHERE tenant_id = $1 AND id = $2";

type Methods = Pick<
  ControlStore,
  "requestPlan" | "plan" | "planStanding" | "planOfRelease" | "release" | "requestCheck" | "check"
>;

export function planMethods(context: ControlContext): Methods {
  return {
    ...planStandingMethods(context),
    requestPlan: async (actor, { deploymentId, bundle, bundleHash }) => ({
      planId: await leaveCommand(context, actor, { kind: "plan", subjectId: deploymentId, bundle, bundleHash }),
    }),
    plan: async (actor, planId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(planId)) return null;
      return inActorsTenant(context, actor, async (sql) => {
        const plan = await readPlan(sql, context.caches, tenantId, planId);
        if (plan !== null) return { state: "ready", plan };
        const command = await sql.row<CommandRow>(COMMAND, [tenantId, planId]);
        if (command === null || command.kind !== "plan") return null;
        return command.state === "failed" ? failedState(command) : { state: "pending" };
      });
    },
    planOfRelease: async (actor, deploymentId, bundleHash) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(deploymentId)) return null;
      return inActorsTenant(
        context,
        actor,
        async (sql) =>
          (await sql.row<{ content: Plan }>(NEWEST_PLAN, [tenantId, deploymentId, bundleHash]))?.content ?? null,
      );
    },
    release: async (actor, hash) => {
      const tenantId = requireTenant(actor);
      return inActorsTenant(
        context,
        actor,
        async (sql) => (await sql.row<{ bundle: ReleaseBundle }>(RELEASE, [tenantId, hash]))?.bundle ?? null,
      );
    },
    requestCheck: async (actor, { kind, subjectId }) => ({
      checkId: await leaveCommand(context, actor, { kind, subjectId }),
    }),
    check: async (actor, checkId) => {
      const tenantId = requireTenant(actor);
      if (!UUID.test(checkId)) return null;
      const command = await inActorsTenant(context, actor, (sql) => sql.row<CommandRow>(COMMAND, [tenantId, checkId]));
      return command === null || command.kind === "plan" ? null : checkStateOf(command);
    },
  };
}

const failedState = ({ code, detail }: CommandRow) => ({
  state: "failed" as const,
  code: code ?? "internal",
  detail: detail ?? "",
});

function checkStateOf(command: CommandRow): CheckState {
  if (command.state === "failed") return failedState(command);
  return command.state === "done" ? { state: "done", result: command.result } : { state: "pending" };
}

interface CommandWish {
  readonly kind: "plan" | "drift" | "test-connection" | "list-voices";
  readonly subjectId: string;
  readonly bundle?: ReleaseBundle;
  readonly bundleHash?: string;
}

const isOfConnection = (kind: CommandWish["kind"]): boolean => kind === "test-connection" || kind === "list-voices";

/** Leaves work for a worker, with notice and audit row; the id under which its result will be found. */
async function leaveCommand(context: ControlContext, actor: Actor, wish: CommandWish): Promise<string> {
  const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
  const { kind, subjectId, bundle, bundleHash = null } = wish;
  return inActorsTenant(context, actor, async (sql) => {
    await requireSubject(sql, tenantId, wish);
    if (bundle !== undefined && bundleHash !== null) await saveRelease(sql, tenantId, bundle, bundleHash);
    const added = await sql.run(INSERT, [tenantId, id, kind, subjectId, bundleHash, actor.subject]);
    if (added === 0) return id;
    const closing = new ClosingWrites(sql, tenantId);
    closing.notifyWork({ tenantId, deploymentId: null, commandId: id });
    const noun = isOfConnection(kind) ? "connection" : "deployment";
    closing.audit(
      entryOf(actor, { action: `${kind}.requested`, object: `${noun}/${subjectId}`, after: { id, bundleHash } }),
      actor.requestId,
    );
    await closing.write(context.options.newId);
    return id;
  });
}

async function requireSubject(sql: Sql, tenantId: string, { kind, subjectId }: CommandWish): Promise<void> {
  const exists = UUID.test(subjectId)
    ? await sql.row(isOfConnection(kind) ? IS_CONNECTION : IS_DEPLOYMENT, [tenantId, subjectId])
    : null;
  if (exists === null)
    throw new AppError("not_found", "There is nothing here to check or plan.", { details: { subjectId } });
}
