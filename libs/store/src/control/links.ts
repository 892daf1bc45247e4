import {
  type DecisionLink,
  linkBinding,
  linkRefusal,
  linkRefusals,
  linkWishRefusal,
  linkWishRefusals,
} from "@tandem/domain/gate";
import { isLive, type Rollout } from "@tandem/domain/rollout";
import type { Environment } from "@tandem/domain/tenant";
import { AppError, type JsonObject } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { LinkClaim, LinkState } from "@tandem/ports/store/gates";
import type { Sql } from "../database/sql.ts";
import { inTransaction } from "../database/transaction.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { insertLink } from "../gates/insert-link.ts";
import { linkOf, type LinkRow } from "../rows/link-row.ts";
import {
  changeDeployment,
  type ControlContext,
  effectIdOf,
  inActorsTenant,
  type LockedChange,
  requireTenant,
  UUID,
} from "./context.ts";
import { account, readRollout, requireRollout } from "./decision.ts";
import { applyRequest } from "./rollouts.ts";
import { rollBack } from "./traffic.ts";

const BY_ID = "SELECT * FROM decision_link WHERE tenant_id = $1 AND id = $2";
const OF_ROLLOUT = "SELECT * FROM decision_link WHERE tenant_id = $1 AND rollout_id = $2 ORDER BY id LIMIT 200";
const REVOKE = `
  UPDATE decision_link SET revoked_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL AND used_at IS NULL`;
const USE = `
  UPDATE decision_link SET used_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL AND revoked_at IS NULL`;
const LOOK = `
  SELECT row_to_json(l) AS link, d.name, d.environment, d.generation, r.phase, r.plan_hash, clock_timestamp() AS now
  FROM decision_link l
  JOIN deployment d ON d.tenant_id = l.tenant_id AND d.id = l.deployment_id
  JOIN rollout r ON r.tenant_id = l.tenant_id AND r.id = l.rollout_id
  WHERE l.tenant_id = $1 AND l.id = $2`;

type Methods = Pick<
  ControlStore,
  "createLink" | "links" | "revokeLink" | "lookAtLink" | "followLink" | "recordForgedLink"
>;

export function linkMethods(context: ControlContext): Methods {
  return {
    createLink: (actor, rolloutId, wish) => createLink(context, actor, { rolloutId, ...wish }),
    links: async (actor, rolloutId) => {
      const tenantId = requireTenant(actor);
      const rows = await inActorsTenant(context, actor, async (sql) => {
        await requireRollout(sql, tenantId, rolloutId);
        return sql.rows<LinkRow>(OF_ROLLOUT, [tenantId, rolloutId]);
      });
      return rows.map(linkOf);
    },
    revokeLink: (actor, linkId) => revokeLink(context, actor, linkId),
    lookAtLink: (claim) => inTransaction(context.pool, { tenantId: claim.tenantId }, (sql) => look(sql, claim)),
    followLink: (claim, reason) => followLink(context, claim, reason),
    recordForgedLink: (requestId) =>
      inTransaction(context.pool, { tenantId: PLATFORM_TENANT_ID, role: "tandem_platform" }, async (sql) => {
        const closing = new ClosingWrites(sql, PLATFORM_TENANT_ID);
        const entry = { actor: "nobody", via: "api", action: "link.forged", object: "link/unknown" } as const;
        closing.audit(entry, requestId);
        await closing.write(context.options.newId);
      }),
  };
}

type Wish = Parameters<ControlStore["createLink"]>[2] & { readonly rolloutId: string };

async function createLink(context: ControlContext, actor: Actor, wish: Wish): Promise<DecisionLink> {
  const tenantId = requireTenant(actor);
  const rollout = await inActorsTenant(context, actor, (sql) => requireRollout(sql, tenantId, wish.rolloutId));
  return changeDeployment(context, actor, rollout.deploymentId, async (change) => {
    const id = effectIdOf(context, actor);
    const { sql, transaction } = change;
    const fresh = (await readRollout(sql, tenantId, rollout.id)) ?? rollout;
    requireLinkable(fresh, actor, wish);
    const made = await insertLink(sql, {
      tenantId,
      id,
      rollout: fresh,
      action: wish.action,
      addressee: wish.addressee,
      generation: transaction.pointer.generation,
      ttlMs: wish.ttlMs,
      createdBy: actor.subject,
    });
    const link = await readLink(sql, tenantId, id);
    if (made) accountFor(change, actor, link, "link.created");
    return link;
  });
}

function requireLinkable(rollout: Rollout, actor: Actor, { action, addressee }: Wish): void {
  const reason = linkWishRefusal({ action, addressee, makers: [actor.subject], rollout });
  if (reason !== null)
    throw new AppError("rollout_refused", linkWishRefusals[reason], { details: { reason, phase: rollout.phase } });
}

async function readLink(sql: Sql, tenantId: string, linkId: string): Promise<DecisionLink> {
  const row = UUID.test(linkId) ? await sql.row<LinkRow>(BY_ID, [tenantId, linkId]) : null;
  if (row === null) throw new AppError("not_found", "There is no such link.", { details: { linkId } });
  return linkOf(row);
}

async function revokeLink(context: ControlContext, actor: Actor, linkId: string): Promise<DecisionLink> {
  const tenantId = requireTenant(actor);
  const { deploymentId } = await inActorsTenant(context, actor, (sql) => readLink(sql, tenantId, linkId));
  return changeDeployment(context, actor, deploymentId, async (change) => {
    if ((await change.sql.run(REVOKE, [tenantId, linkId])) === 0)
      throw new AppError("conflict", "The link was used or taken back already.", { details: { linkId } });
    const link = await readLink(change.sql, tenantId, linkId);
    accountFor(change, actor, link, "link.revoked");
    return link;
  });
}

/** What the audit rows and messages about a link say; never its token. */
function accountFor(change: LockedChange, actor: Actor, link: DecisionLink, action: string, reason?: string): void {
  const { id, deploymentId, ...terms } = link;
  const after: JsonObject = { ...terms };
  account(change, actor, { action, object: `link/${id}`, after, reason: reason ?? null, deploymentId });
}

interface LookRow {
  readonly link: LinkRow;
  readonly name: string;
  readonly environment: string;
  readonly generation: number;
  readonly phase: Rollout["phase"];
  readonly plan_hash: string | null;
  readonly now: Date;
}

async function look(sql: Sql, { tenantId, linkId, binding }: LinkClaim): Promise<LinkState | null> {
  const row = UUID.test(linkId) ? await sql.row<LookRow>(LOOK, [tenantId, linkId]) : null;
  if (row === null) return null;
  const link = linkOf(row.link);
  if (linkBinding(tenantId, link) !== binding) return null;
  const now = {
    nowMs: new Date(row.now).getTime(),
    binding,
    tenantId,
    planHash: row.plan_hash,
    isLive: isLive(row),
    generation: row.generation,
  };
  return {
    link,
    deploymentName: row.name,
    environment: row.environment as Environment,
    refusal: linkRefusal(link, now),
  };
}

async function followLink(context: ControlContext, claim: LinkClaim, reason: string | null): Promise<void> {
  const { tenantId, linkId, requestId } = claim;
  const state = await inTransaction(context.pool, { tenantId }, (sql) => look(sql, claim));
  const link = state?.link ?? null;
  const actor: Actor = {
    tenantId,
    subject: link?.addressee ?? "nobody",
    roles: ["approver"],
    via: "api",
    requestId,
  };
  try {
    if (link === null) throw refused("unknown");
    await changeDeployment(context, actor, link.deploymentId, (change) => use(change, actor, claim, reason));
  } catch (error) {
    if (error instanceof AppError && error.kind !== "internal")
      await recordRefusal(context, actor, linkId, String(error.details["reason"] ?? error.code));
    throw error;
  }
}

const refused = (reason: keyof typeof linkRefusals): AppError =>
  new AppError("link_refused", linkRefusals[reason], { details: { reason } });

/** Everything that the link is bound to is read again under the deployment's lock, and the link is used up with its effect. */
async function use(change: LockedChange, actor: Actor, claim: LinkClaim, reason: string | null): Promise<void> {
  const { sql } = change;
  const state = await look(sql, claim);
  if (state === null) throw refused("unknown");
  if (state.refusal !== null) throw refused(state.refusal);
  const { link } = state;
  if ((await sql.run(USE, [claim.tenantId, link.id])) === 0) throw refused("used");
  accountFor(change, actor, link, "link.used", reason ?? undefined);
  if (link.action === "rollback") {
    await rollBack(change, actor, link.deploymentId, reason);
    return;
  }
  const rollout = await readRollout(sql, claim.tenantId, link.rolloutId);
  if (rollout === null) throw refused("unknown");
  await applyRequest(change, actor, rollout, { request: link.action, reason, via: "link" });
}

const recordRefusal = (context: ControlContext, actor: Actor, linkId: string, reason: string): Promise<void> =>
  inActorsTenant(context, actor, async (sql) => {
    const closing = new ClosingWrites(sql, requireTenant(actor));
    const { subject, via, requestId } = actor;
    closing.audit({ actor: subject, via, action: "link.refused", object: `link/${linkId}`, reason }, requestId);
    await closing.write(context.options.newId);
  });
