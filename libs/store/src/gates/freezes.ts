import { type Freeze, freezeInForce, type FreezeLook, type FreezeOverride, overriderOf } from "@tandem/domain/gate";
import type { Environment } from "@tandem/domain/tenant";
import { AppError, type Instant } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { Sql } from "../database/sql.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { instantOf, instantOrNull, type Timestamp } from "../rows/instant.ts";

export interface FreezeRow {
  tenant_id: string;
  id: string;
  playbook: string | null;
  environment: string | null;
  starts_at: Timestamp;
  ends_at: Timestamp;
  reason: string;
  created_by: string;
  created_at: Timestamp;
  ended_at: Timestamp | null;
}

export const freezeOf = (row: FreezeRow, isExempt: boolean): Freeze => ({
  id: row.id,
  level: row.tenant_id === PLATFORM_TENANT_ID ? "platform" : row.playbook === null ? "tenant" : "playbook",
  playbook: row.playbook,
  environment: row.environment as Environment | null,
  startsAt: instantOf(row.starts_at),
  endsAt: instantOf(row.ends_at),
  reason: row.reason,
  endedAt: instantOrNull(row.ended_at),
  createdBy: row.created_by,
  createdAt: instantOf(row.created_at),
  isExempt,
});

const FREEZES = "SELECT * FROM freezes_of($1, $2, $3)";

/** The windows that concern a deployment and have not ended; none can begin unseen until the transaction ends. */
export async function readFreezes(
  sql: Sql,
  deployment: { readonly tenant_id: string; readonly playbook: string; readonly environment: string },
  now: Instant,
): Promise<FreezeLook> {
  const { tenant_id: tenantId, playbook, environment } = deployment;
  const rows = await sql.rows<{ freeze_row: FreezeRow; is_exempt: boolean; seen_at: Timestamp }>(FREEZES, [
    tenantId,
    playbook,
    environment,
  ]);
  const [first] = rows;
  return {
    now: first === undefined ? now : instantOf(first.seen_at),
    windows: rows.map((row) => freezeOf(row.freeze_row, row.is_exempt)),
  };
}

/** Throws `frozen`, naming the window, its end and who may let the rollout pass. */
export function requireThawed(look: FreezeLook, override: FreezeOverride | undefined): void {
  const freeze = freezeInForce(look, override);
  if (freeze === null) return;
  const { id: freezeId, level, playbook, environment, endsAt, reason } = freeze;
  throw new AppError("frozen", `A freeze window of the ${level} is in force until ${endsAt}: ${reason}`, {
    details: { freezeId, level, playbook, environment, endsAt, reason, override: overriderOf(freeze) },
  });
}

/** Throws `forbidden` for whoever may not let a rollout pass a window of the tenant. */
export function requireOverrider(actor: Actor): void {
  if (actor.roles.includes("tenant-admin")) return;
  throw new AppError("forbidden", "Only a tenant-admin lets a rollout pass a freeze window of the tenant.", {
    details: { allowed: ["tenant-admin"] },
  });
}

/** An override given now: for the tenant's windows that are known, never for one of the platform's. */
export const overrideOf = (look: FreezeLook, by: string, reason: string): Required<FreezeOverride> => ({
  by,
  reason,
  freezes: look.windows.filter(({ level }) => level !== "platform").map(({ id }) => id),
});
