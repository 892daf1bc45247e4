import { type DecisionLink, type LinkAction, linkWishRefusal } from "@tandem/domain/gate";
import type { LinkOffer } from "@tandem/domain/notification";
import { decideRollback, type Rollout } from "@tandem/domain/rollout";
import { sha256Hex } from "@tandem/kernel";
import type { ClaimedDelivery } from "@tandem/ports/store/webhooks";
import type { Sql } from "../database/sql.ts";
import { insertLink } from "../gates/insert-link.ts";
import { ClosingWrites } from "../journal/closing-writes.ts";
import { lockDeployment } from "../journal/deployment-lock.ts";
import { DeploymentTransaction } from "../journal/deployment-transaction.ts";
import type { ResolvedOptions } from "../options.ts";
import { linkOf, type LinkRow } from "../rows/link-row.ts";
import { linkMaker } from "./link-maker.ts";

const OF_DELIVERY = "SELECT * FROM decision_link WHERE tenant_id = $1 AND id = ANY($2::uuid[])";
const PLACE = `
  SELECT r.deployment_id, e.links_for, ARRAY[e.created_by, e.url_by, e.links_by, (
    SELECT s.created_by FROM webhook_secret s
    WHERE e.kind = 'slack' AND s.tenant_id = e.tenant_id AND s.endpoint_id = e.id ORDER BY s.version DESC LIMIT 1)] AS makers
  FROM rollout r, webhook_endpoint e
  WHERE r.tenant_id = $1 AND r.id = $2::uuid AND e.tenant_id = $1 AND e.id = $3::uuid AND e.removed_at IS NULL AND e.links_for IS NOT NULL`;

/** A link in a message is good for a day at most; one that approves no longer than the rollout waits. */
const LONGEST_MS = 24 * 3_600_000;

interface Place {
  readonly deployment_id: string;
  readonly links_for: string;
  readonly makers: readonly (string | null)[];
}

interface Asked {
  readonly delivery: ClaimedDelivery;
  readonly offer: LinkOffer;
}

/**
 * The links of a delivery, under ids that follow from it: whoever asks again gets the same. What they are bound to, and whether they may be
 * made, is read under the deployment's lock.
 */
export async function linksOfDelivery(sql: Sql, { newId }: ResolvedOptions, asked: Asked): Promise<DecisionLink[]> {
  const { delivery, offer } = asked;
  const { tenantId, endpointId } = delivery;
  const made = await madeBefore(sql, asked);
  if (made.length > 0) return made;
  const place = await sql.row<Place>(PLACE, [tenantId, offer.rolloutId, endpointId]);
  if (place === null) return [];
  const deployment = new DeploymentTransaction(sql, await lockDeployment(sql, tenantId, place.deployment_id));
  const closing = new ClosingWrites(sql, tenantId);
  const { rollout, pointer } = deployment;
  if (rollout?.id !== offer.rolloutId) return [];
  for (const action of offer.actions) {
    if (!mayBeMade(action, { deployment, rollout, place, offer })) continue;
    const id = linkId(delivery, action);
    const ttlMs = action === "rollback" ? LONGEST_MS : Math.min(rollout.policy.approvalTtlMs, LONGEST_MS);
    const [createdBy, addressee] = [linkMaker(endpointId), place.links_for];
    const { generation } = pointer;
    if (!(await insertLink(sql, { tenantId, id, rollout, action, addressee, generation, ttlMs, createdBy }))) continue;
    const after = { rolloutId: rollout.id, action, addressee, messageId: delivery.messageId };
    closing.audit({ actor: createdBy, via: "worker", action: "link.created", object: `link/${id}`, after }, null);
  }
  await closing.write(newId);
  return madeBefore(sql, asked);
}

/** In the order of the offer. */
async function madeBefore(sql: Sql, { delivery, offer }: Asked): Promise<DecisionLink[]> {
  const ids = offer.actions.map((action) => linkId(delivery, action));
  const rows = await sql.rows<LinkRow>(OF_DELIVERY, [delivery.tenantId, ids]);
  return rows.map(linkOf).toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

interface Situation {
  readonly deployment: DeploymentTransaction;
  readonly rollout: Rollout;
  readonly place: Place;
  readonly offer: LinkOffer;
}

/** As if whoever chose address and addressee of the endpoint made it: they see the link. */
function mayBeMade(action: LinkAction, { deployment, rollout, place, offer }: Situation): boolean {
  if (action === "rollback") return decideRollback(deployment).kind === "rollback";
  if (offer.planId !== null && offer.planId !== rollout.planId) return false;
  const makers = place.makers.filter((maker) => maker !== null);
  return linkWishRefusal({ action, addressee: place.links_for, makers, rollout }) === null;
}

/** A UUID (version 8) that follows from the delivery and the action. */
function linkId({ messageId, endpointId }: ClaimedDelivery, action: LinkAction): string {
  const hex = sha256Hex(`link ${messageId} ${endpointId} ${action}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
