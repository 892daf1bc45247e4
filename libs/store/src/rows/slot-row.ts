import type { Binding, Slot, SlotState, SlotView } from "@tandem/domain/slot";
import type { JsonObject } from "@tandem/kernel";
import { instantOrNull, type Timestamp } from "./instant.ts";

export interface SlotRow {
  slot: string;
  state: string;
  bundle_hash: string | null;
  ready_bundle_hash: string | null;
  verified_at: Timestamp | null;
  intact: boolean;
}

const slotOf = (row: SlotRow, liveCalls: number): SlotView => ({
  slot: row.slot as Slot,
  state: row.state as SlotState,
  bundleHash: row.bundle_hash,
  readyBundleHash: row.ready_bundle_hash,
  verifiedAt: instantOrNull(row.verified_at),
  intact: row.intact,
  liveCalls,
});

/** Both slots by name; every deployment has both rows. */
export function slotsOf(rows: readonly SlotRow[], liveCalls: Readonly<Record<string, number>>): Record<Slot, SlotView> {
  return Object.fromEntries(rows.map((row) => [row.slot, slotOf(row, liveCalls[row.slot] ?? 0)])) as Record<
    Slot,
    SlotView
  >;
}

export interface BindingRow {
  address: string;
  slot: string;
  kind: string;
  owner: string;
  connection_id: string;
  external_key: string;
  external_id: string | null;
  version: string | null;
  last_applied: JsonObject | null;
  last_applied_hash: string | null;
}

/** The database's word for "not slot-owned". */
export const NO_SLOT = "none";

export const bindingOf = (row: BindingRow): Binding => ({
  address: row.address,
  slot: row.slot === NO_SLOT ? null : (row.slot as Slot),
  kind: row.kind,
  owner: row.owner as Binding["owner"],
  connectionId: row.connection_id,
  externalKey: row.external_key,
  externalId: row.external_id,
  version: row.version,
  lastApplied: row.last_applied,
  lastAppliedHash: row.last_applied_hash,
});
