import type { Pointer, PointerCause } from "@tandem/domain/slot";
import type { AuditRow, ControlStore } from "@tandem/ports/store/control";
import { verifyChain } from "../audit/verify.ts";
import { inTransaction } from "../database/transaction.ts";
import {
  type ControlContext,
  cursorText,
  pageSize,
  read,
  requireTenant,
  scopeOf,
  tenantOf,
  toPage,
} from "./context.ts";

const NUMBER = /^\d{1,9}$/;

type Methods = Pick<ControlStore, "pointerHistory" | "audit" | "verifyAudit">;

/** What happened, newest first. */
export function historyMethods(context: ControlContext): Methods {
  return {
    pointerHistory: async (actor, deploymentId, page) => {
      const before = cursorText(page, NUMBER);
      const where = {
        tenantId: requireTenant(actor),
        deploymentId,
        ...(before !== null && { generation: { lt: Number(before) } }),
      };
      const rows = await read(context, actor, (transaction) =>
        transaction.pointerHistory.findMany({ where, orderBy: { generation: "desc" }, take: pageSize(page) }),
      );
      const itemOf = (row: (typeof rows)[number]) => ({
        pointer: row.pointer as Pointer,
        cause: row.cause as PointerCause,
        rolloutId: row.rolloutId,
        actor: row.actor,
        at: row.at.toISOString(),
      });
      return toPage(rows, page, itemOf, (row) => String(row.generation));
    },
    audit: async (actor, page) => {
      const before = cursorText(page, NUMBER);
      const rows = await read(context, actor, (transaction) =>
        transaction.audit.findMany({
          where: { tenantId: tenantOf(actor), ...(before !== null && { seq: { lt: Number(before) } }) },
          orderBy: { seq: "desc" },
          omit: { writtenIn: true, tenantId: true },
          take: pageSize(page),
        }),
      );
      return toPage(
        rows,
        page,
        (row): AuditRow => ({ ...row, at: row.at.toISOString() }),
        (row) => String(row.seq),
      );
    },
    verifyAudit: async (actor, expectedHead) =>
      inTransaction(context.pool, scopeOf(actor), (sql) => verifyChain(sql, tenantOf(actor), expectedHead ?? null)),
  };
}
