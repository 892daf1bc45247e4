import type { Deployment } from "@tandem/domain/tenant";
import { AppError, base32hex, type Json, systemRng } from "@tandem/kernel";
import type { Actor, ControlStore, DeploymentSummary } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { sharedRead } from "../database/shared-reads.ts";
import type { Prisma } from "../generated/client.ts";
import { deploymentRefusal, writeConnections } from "./configuration.ts";
import {
  change,
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsTenant,
  pageSize,
  type PersonalChange,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";
import { deploymentIdOf, readDetail } from "./deployment-detail.ts";

const SUMMARY = "SELECT summary FROM deployment_summary WHERE tenant_id = $1::uuid AND id = $2::uuid";
const SHOWN = "SELECT shown_deployment($1, $2, $3) AS shown";
const SUMMARIES = `
  SELECT id, summary FROM deployment_summary WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;

type Methods = Pick<
  ControlStore,
  "createDeployment" | "listDeployments" | "deployment" | "shownDeployment" | "putConfiguration"
>;
type Wish = Parameters<ControlStore["createDeployment"]>[1];
type Configuration = Parameters<ControlStore["putConfiguration"]>[2];

export function deploymentMethods(context: ControlContext): Methods {
  return {
    createDeployment: async (actor, wish) => {
      const key = { tenantId: requireTenant(actor), deploymentId: effectIdOf(context, actor) };
      return change(context, actor, (open) => createOnce(open, key, wish)).catch((error: unknown) => {
        throw deploymentRefusal(error, wish);
      });
    },
    listDeployments: async (actor, page) => {
      const [tenantId, before] = [requireTenant(actor), cursorText(page, UUID)];
      const rows = await inActorsTenant(context, actor, (sql) =>
        sql.rows<{ id: string; summary: DeploymentSummary }>(SUMMARIES, [tenantId, before, pageSize(page)]),
      );
      return toPage(
        rows,
        page,
        ({ summary }) => summary,
        ({ id }) => id,
      );
    },
    deployment: async (actor, idOrName) =>
      inActorsTenant(context, actor, (sql) => readDetail(sql, context.caches, requireTenant(actor), idOrName)),
    shownDeployment: async (actor, idOrName, ingressBase) => {
      const tenantId = requireTenant(actor);
      const id = UUID.test(idOrName)
        ? idOrName
        : await inActorsTenant(context, actor, (sql) => deploymentIdOf(sql, tenantId, idOrName));
      if (id === null) return null;
      const [row] = await sharedRead<{ shown: string | null }>(context.pool, SHOWN, [tenantId, id, ingressBase]);
      return row?.shown ?? null;
    },
    putConfiguration: async (actor, deploymentId, configuration, expectedVersion) =>
      configure(context, actor, { deploymentId, configuration, expectedVersion }),
  };
}

interface DeploymentKey {
  readonly tenantId: string;
  readonly deploymentId: string;
}

const randomKey = (length: number): string => base32hex(systemRng.bytes(length)).slice(0, length);

/** Doing the same request again finds what it made. */
async function createOnce(
  { transaction, sql, audit }: PersonalChange,
  key: DeploymentKey,
  wish: Wish,
): Promise<Deployment> {
  const existing = await readSummary(sql, key);
  if (existing !== null) return existing;
  const { connections, overlay, ...named } = wish;
  const { tenantId, deploymentId } = key;
  const own = { ingressKey: randomKey(26), pointerSalt: randomKey(13), overlay: overlay as Prisma.InputJsonObject };
  await transaction.deployment.create({ data: { tenantId, id: deploymentId, ...named, ...own } });
  await transaction.slot.createMany({ data: ["blue", "green"].map((slot) => ({ ...key, slot })) });
  await writeConnections(transaction, key, connections);
  audit({
    action: "deployment.created",
    object: `deployment/${deploymentId}`,
    after: { ...named, ...configurationFacts(wish) },
  });
  return present(await readSummary(sql, key));
}

async function configure(
  context: ControlContext,
  actor: Actor,
  wish: { deploymentId: string; configuration: Configuration; expectedVersion: number },
): Promise<Deployment> {
  const key = { tenantId: requireTenant(actor), deploymentId: wish.deploymentId };
  return change(context, actor, async (open) => {
    const before = UUID.test(key.deploymentId) ? await readSummary(open.sql, key) : null;
    if (before === null) throw new AppError("not_found", "There is no such deployment.");
    await writeConfiguration(open, key, wish);
    open.closing.notify("pointer", key.deploymentId);
    open.audit({
      action: "deployment.configured",
      object: `deployment/${key.deploymentId}`,
      before: configurationFacts(before),
      after: configurationFacts(wish.configuration),
    });
    return present(await readSummary(open.sql, key));
  }).catch((error: unknown) => {
    throw deploymentRefusal(error, wish.configuration);
  });
}

async function writeConfiguration(
  { transaction }: PersonalChange,
  key: DeploymentKey,
  { configuration, expectedVersion }: { configuration: Configuration; expectedVersion: number },
): Promise<void> {
  const { number, overlay, connections } = configuration;
  const own = { tenantId: key.tenantId, id: key.deploymentId };
  const attachedElsewhere = await transaction.deployment.findFirst({
    where: { ...own, attached: true, OR: [{ number: null }, { number: { not: number ?? "" } }] },
    select: { number: true },
  });
  const { count } = await transaction.deployment.updateMany({
    where: { ...own, configVersion: expectedVersion },
    data: { number, overlay: overlay, configVersion: { increment: 1 } },
  });
  if (count === 0) throw new AppError("precondition_failed", "The configuration changed since it was read.");
  if (attachedElsewhere !== null) throw stillAttached(attachedElsewhere.number);
  await writeConnections(transaction, key, connections);
}

const stillAttached = (number: string | null) =>
  new AppError("conflict", `${number} is attached: detach it before the deployment gets another number.`, {
    details: { reason: "number-attached" },
  });

/** What of a configuration the audit row is about. */
const configurationFacts = ({ number, connections, overlay }: Configuration): Record<string, Json> => ({
  number,
  connections: { ...connections },
  overlay,
});

async function readSummary(sql: Sql, key: DeploymentKey): Promise<Deployment | null> {
  const row = await sql.row<{ summary: DeploymentSummary }>(SUMMARY, [key.tenantId, key.deploymentId]);
  if (row === null) return null;
  const { pointer: _pointer, liveRollout: _liveRollout, ...deployment } = row.summary;
  return deployment;
}

function present(deployment: Deployment | null): Deployment {
  if (deployment === null) throw new AppError("internal", "The deployment just written is not there.");
  return deployment;
}
