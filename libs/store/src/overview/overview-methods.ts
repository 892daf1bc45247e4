import { AppError } from "@tandem/kernel";
import type { OverviewReads, OverviewScope, RunningVersion, TenantName } from "@tandem/ports/store/overview";
import { readChangeNotice } from "../change-notice.ts";
import type { ControlContext } from "../control/context.ts";
import { listen } from "../listen.ts";
import { CHANNELS } from "../notices.ts";
import { type AttentionAnswer, attentionPageOf, attentionStatement } from "./attention.ts";
import { type OverviewAnswer, overviewPageOf, overviewStatement } from "./overview-rows.ts";
import { inOverview } from "./overview-scope.ts";

const RUNNING = `
  SELECT v.version, count(*)::int AS deployments FROM deployment d
  JOIN slot s ON s.tenant_id = d.tenant_id AND s.deployment_id = d.id AND s.slot = d.pointer_active
  JOIN release v ON v.tenant_id = s.tenant_id AND v.hash = s.bundle_hash
  WHERE d.playbook = $1 AND v.version IS NOT NULL GROUP BY v.version ORDER BY v.version`;
const VISIBLE = "SELECT id, slug, name FROM tenant WHERE id IN (SELECT visible_tenants()) ORDER BY slug";
const OWN = "SELECT id, slug, name FROM tenant WHERE id = $1";
const MOST_PER_PAGE = 200;

export function overviewMethods({ pool, options }: Pick<ControlContext, "pool" | "options">): OverviewReads {
  return {
    overview: (scope, filter, { sort, after, limit }) =>
      inOverview(pool, scope, async (sql) => {
        const most = bounded(limit);
        const { search, tenant = null, environment = null, playbook = null, version = null, state = null } = filter;
        const row = await sql.row<OverviewAnswer>(overviewStatement(sort), [
          search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`,
          tenant,
          environment,
          playbook,
          version,
          state,
          keyOf(after),
          most + 1,
        ]);
        return overviewPageOf(row ?? NOTHING, most);
      }),
    attention: (scope, { tenant = null }, { after, limit }) =>
      inOverview(pool, scope, async (sql) => {
        const most = bounded(limit);
        const row = await sql.row<AttentionAnswer>(attentionStatement(scope.kind), [tenant, keyOf(after), most + 1]);
        return attentionPageOf(row ?? NOTHING, most);
      }),
    runningVersions: (scope, playbook) =>
      inOverview(pool, scope, (sql) => sql.rows<RunningVersion>(RUNNING, [playbook])),
    watchChanges: (onChange) =>
      listen({
        url: options.directUrl,
        applicationName: options.applicationName,
        channels: [CHANNELS.change],
        onNotice: (_channel, payload) => {
          const change = readChangeNotice(payload);
          if (change !== null) onChange(change);
        },
        onResync: () => onChange(null),
      }),
    visibleTenants: (scope: OverviewScope) =>
      inOverview(pool, scope, (sql) =>
        scope.kind === "tenant" ? sql.rows<TenantName>(OWN, [scope.tenantId]) : sql.rows<TenantName>(VISIBLE),
      ),
  };
}

const NOTHING = { counts: null, rows: null };

const bounded = (limit: number): number => Math.min(Math.max(Math.trunc(limit), 1), MOST_PER_PAGE);

/** The key behind a cursor; null at the beginning. Throws `invalid_input` for what no column can hold. */
function keyOf(after: string | null): string | null {
  if (after === null) return null;
  const key = Buffer.from(after, "base64url").toString();
  if (key === "" || key.includes("\0") || !key.isWellFormed() || key.includes("\ufffd"))
    throw new AppError("invalid_input", "The cursor is not one of ours.", { details: { field: "after" } });
  return key;
}
