import type { ControlStore } from "@tandem/ports/store/control";
import type { PlaybookSummary } from "@tandem/ports/store/playbooks";
import { inTransaction } from "../database/transaction.ts";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { type ControlContext, cursorText, pageSize, scopeOf, tenantOf, toPage } from "./context.ts";

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
// Row security leaves the tenant's own versions and the library's.
const PLAYBOOKS = `
  SELECT p.playbook AS name, last.content ->> 'title' AS title, last.content ->> 'summary' AS summary, last.version AS "lastVersion",
    last.published_at AS "lastPublishedAt", p.versions, last.tenant_id = $2 AS "isLibrary",
    (SELECT count(*)::int FROM deployment d WHERE d.tenant_id = $1 AND d.playbook = p.playbook) AS deployments
  FROM (SELECT playbook, count(*)::int AS versions, max(id::text)::uuid AS id FROM manifest_version
        WHERE ($3::text IS NULL OR playbook > $3) GROUP BY playbook ORDER BY playbook LIMIT $4) p
  JOIN manifest_version last ON last.id = p.id ORDER BY p.playbook`;
const SOURCE = "SELECT source FROM manifest_version WHERE hash = $1 LIMIT 1";

type Row = Omit<PlaybookSummary, "lastPublishedAt"> & { readonly lastPublishedAt: Timestamp };

/** Playbooks as they can be rolled out; the platform sees the library. */
export function playbookMethods(context: ControlContext): Pick<ControlStore, "listPlaybooks" | "manifestSource"> {
  return {
    listPlaybooks: async (actor, page) => {
      const after = cursorText(page, NAME);
      const rows = await inTransaction(context.pool, scopeOf(actor), (sql) =>
        sql.rows<Row>(actor.tenantId === null ? OF_LIBRARY : PLAYBOOKS, [
          tenantOf(actor),
          PLATFORM_TENANT_ID,
          after,
          pageSize(page),
        ]),
      );
      return toPage(
        rows,
        page,
        (row): PlaybookSummary => ({ ...row, lastPublishedAt: instantOf(row.lastPublishedAt) }),
        ({ name }) => name,
      );
    },
    manifestSource: async (actor, hash) =>
      inTransaction(context.pool, scopeOf(actor), async (sql) => {
        const row = await sql.row<{ source: string }>(SOURCE, [hash]);
        return row?.source ?? null;
      }),
  };
}

/** The platform's role has no business with deployments. */
const OF_LIBRARY = PLAYBOOKS.replace(
  "(SELECT count(*)::int FROM deployment d WHERE d.tenant_id = $1 AND d.playbook = p.playbook)",
  "CASE WHEN $1::uuid IS NOT NULL THEN 0 END",
);
