import type { Pointer, PointerCause } from "@tandem/domain/slot";
import type { AuditRow, ControlStore, SessionView } from "@tandem/ports/store/control";
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
const STARTED_AND_ID = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z .{1,100}$/;

type Methods = Pick<ControlStore, "pointerHistory" | "sessions" | "audit" | "verifyAudit">;

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
    sessions: async (actor, deploymentId, page) => {
      const [startedAt, id] = splitOnce(cursorText(page, STARTED_AND_ID));
      const earlier =
        startedAt === undefined || id === undefined
          ? {}
          : { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] };
      const rows = await read(context, actor, (transaction) =>
        transaction.session.findMany({
          where: { tenantId: requireTenant(actor), deploymentId, ...earlier },
          orderBy: [{ startedAt: "desc" }, { id: "desc" }],
          take: pageSize(page),
        }),
      );
      const itemOf = (row: (typeof rows)[number]): SessionView => ({
        id: row.id,
        callId: row.callId,
        slot: row.slot,
        bundleHash: row.bundleHash,
        generation: row.generation,
        kind: row.kind as SessionView["kind"],
        startedAt: row.startedAt.toISOString(),
        endedAt: row.endedAt?.toISOString() ?? null,
        disposition: row.disposition,
      });
      return toPage(rows, page, itemOf, (row) => `${row.startedAt.toISOString()} ${row.id}`);
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

/** The two parts of a session cursor; none at the beginning. */
const splitOnce = (text: string | null): readonly [] | readonly [string, string] =>
  text === null ? [] : [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf(" ") + 1)];
