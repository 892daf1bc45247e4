import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "@tandem/kernel";
import { Slot } from "@tandem/domain/slot";
import { signTicket, verifyTicket } from "@tandem/secrets";
import { readIfPresent, writeAtomically } from "../disk/atomic-file.ts";

/** What an operator left on this node's disk for one deployment. */
export type OperatorOrder =
  | { readonly order: "pin"; readonly slot: Slot; readonly generation: number; readonly madeAtMs: number }
  | { readonly order: "accept-lineage"; readonly madeAtMs: number };

const NEVER_MS = 253_402_300_799_000;
const LINEAGE_VALID_MS = 15 * 60_000;

const folderOf = (dataDir: string): string => join(dataDir, "operator");
const fileOf = (dataDir: string, deploymentId: string): string => join(folderOf(dataDir), `${deploymentId}.order`);

/** Leaves a signed order for the node that uses this data folder; it is obeyed within a poll. */
export async function writeOrder(
  dataDir: string,
  key: Secret,
  deploymentId: string,
  order: OperatorOrder,
): Promise<void> {
  await mkdir(folderOf(dataDir), { recursive: true, mode: 0o700 });
  const expiresAtMs = order.order === "pin" ? NEVER_MS : order.madeAtMs + LINEAGE_VALID_MS;
  await writeAtomically(fileOf(dataDir, deploymentId), signTicket(key, "pin", { deploymentId, ...order }, expiresAtMs));
}

export const removeOrder = (dataDir: string, deploymentId: string): Promise<void> =>
  rm(fileOf(dataDir, deploymentId), { force: true });

/** Genuine orders by deployment id; forged, damaged and expired files are skipped. */
export async function readOrders(
  dataDir: string,
  key: Secret,
  nowMs: number,
): Promise<ReadonlyMap<string, OperatorOrder>> {
  const orders = new Map<string, OperatorOrder>();
  const names = await readdir(folderOf(dataDir)).catch((): string[] => []);
  for (const name of names.filter((each) => each.endsWith(".order"))) {
    const text = await readIfPresent(join(folderOf(dataDir), name));
    const claims = text === null ? null : verifyTicket(key, "pin", text, nowMs);
    const order = claims === null ? null : orderOf(claims);
    if (order !== null && claims?.["deploymentId"] === name.slice(0, -".order".length)) {
      orders.set(name.slice(0, -".order".length), order);
    }
  }
  return orders;
}

function orderOf(claims: Readonly<Record<string, string | number>>): OperatorOrder | null {
  const madeAtMs = Number(claims["madeAtMs"]);
  if (claims["order"] === "accept-lineage") return { order: "accept-lineage", madeAtMs };
  const slot = Slot.safeParse(claims["slot"]);
  return slot.success ? { order: "pin", slot: slot.data, generation: Number(claims["generation"]), madeAtMs } : null;
}
