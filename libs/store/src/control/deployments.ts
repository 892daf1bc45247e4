import type { Deployment } from "@tandem/domain/tenant";
import { AppError, base32hex, systemRng } from "@tandem/kernel";
import type { ControlStore, DeploymentSummary } from "@tandem/ports/store/control";
import type { Prisma } from "../generated/client.ts";
import { type Connections, deploymentRefusal, writeConnections } from "./configuration.ts";
import {
  change,
  type ControlContext,
  cursorText,
  effectIdOf,
  inActorsTenant,
  pageSize,
  requireTenant,
  toPage,
  UUID,
} from "./context.ts";
import { readDetail } from "./deployment-detail.ts";

const SUMMARY = "SELECT summary FROM deployment_summary WHERE tenant_id = $1::uuid AND id = $2::uuid";
const SUMMARIES = `
  SELECT id, summary FROM deployment_summary WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;

type Methods = Pick<ControlStore, "createDeployment" | "listDeployments" | "deployment" | "putConfiguration">;

export function deploymentMethods(context: ControlContext): Methods {
  return {
    createDeployment: async (actor, wish) => {
      const [tenantId, id] = [requireTenant(actor), effectIdOf(context, actor)];
      const { name, playbook, environment, number, connections, overlay } = wish;
      return change(context, actor, async ({ transaction, sql, audit }) => {
        const existing = await sql.row<{ summary: DeploymentSummary }>(SUMMARY, [tenantId, id]);
        if (existing !== null) return deploymentOfSummary(existing.summary);
        const own = {
          ingressKey: randomKey(26),
          pointerSalt: randomKey(13),
          overlay: overlay as Prisma.InputJsonObject,
        };
        await transaction.deployment.create({ data: { tenantId, id, name, playbook, environment, number, ...own } });
        await transaction.slot.createMany({
          data: ["blue", "green"].map((slot) => ({ tenantId, deploymentId: id, slot })),
        });
        await writeConnections(transaction, { tenantId, deploymentId: id }, connections);
        audit({
          action: "deployment.created",
          object: `deployment/${id}`,
          after: { ...wish, connections: asJson(connections) },
        });
        return deploymentOfSummary((await sql.row<{ summary: DeploymentSummary }>(SUMMARY, [tenantId, id]))!.summary);
      }).catch((error: unknown) => {
        throw deploymentRefusal(causeOf(error), { name, number });
      });
    },
    listDeployments: async (actor, page) => {
      const before = cursorText(page, UUID);
      const tenantId = requireTenant(actor);
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
    deployment: (actor, idOrName) =>
      inActorsTenant(context, actor, (sql) => readDetail(sql, context.caches, requireTenant(actor), idOrName)),
    putConfiguration: async (actor, id, { number, connections, overlay }, expectedVersion) => {
      const tenantId = requireTenant(actor);
      return change(context, actor, async ({ transaction, sql, audit, closing }) => {
        const where = { tenantId_id: { tenantId, id } };
        const before = UUID.test(id)
          ? await transaction.deployment.findUnique({ where, include: { connections: true } })
          : null;
        if (before === null) throw new AppError("not_found", "There is no such deployment.");
        if (before.configVersion !== expectedVersion) throw changed();
        if (before.attached && before.number !== number) throw stillAttached(before.number);
        const { count } = await transaction.deployment.updateMany({
          where: { tenantId, id, configVersion: expectedVersion },
          data: { number, overlay: overlay as Prisma.InputJsonObject, configVersion: { increment: 1 } },
        });
        if (count === 0) throw changed();
        await writeConnections(transaction, { tenantId, deploymentId: id }, connections);
        closing.notify("pointer", id);
        const was = Object.fromEntries(before.connections.map((each) => [each.role, each.connectionId]));
        audit({
          action: "deployment.configured",
          object: `deployment/${id}`,
          before: { number: before.number, connections: was, overlay: before.overlay as never },
          after: { number, connections: asJson(connections), overlay },
        });
        return deploymentOfSummary((await sql.row<{ summary: DeploymentSummary }>(SUMMARY, [tenantId, id]))!.summary);
      }).catch((error: unknown) => {
        throw deploymentRefusal(causeOf(error), { number });
      });
    },
  };
}

const randomKey = (length: number): string => base32hex(systemRng.bytes(length)).slice(0, length);
const asJson = (connections: Connections): Record<string, string> => ({ ...connections });

/** The driver's failure behind one of ours; others as they are. */
const causeOf = (error: unknown): unknown =>
  error instanceof AppError && error.cause !== undefined && error.code !== "database_unavailable" ? error.cause : error;

const changed = () => new AppError("precondition_failed", "The configuration changed since it was read.");
const stillAttached = (number: string | null) =>
  new AppError("conflict", `${number} is attached: detach it before the deployment gets another number.`, {
    details: { reason: "number-attached" },
  });

function deploymentOfSummary({
  pointer: _pointer,
  liveRollout: _rollout,
  ...deployment
}: DeploymentSummary): Deployment {
  return deployment;
}
