import type { JsonObject } from "@tandem/kernel";
import type { Slot } from "../slot/index.ts";

/**
 * One write at a vendor. `create`: make it (unpublished where the vendor publishes) · `draft`: open a new version of a published
 * object · `update`: write fields · `publish`: freeze the version · `delete`: remove it.
 */
export type OperationVerb = "create" | "draft" | "update" | "publish" | "delete";

/** Executable unit compiled from a change: exactly one vendor write. `fields` may hold references, resolved when it runs. */
export interface Operation {
  /** Order within the rollout, from 0. */
  readonly seq: number;
  readonly address: string;
  readonly verb: OperationVerb;
  readonly kind: string;
  readonly vendor: string;
  readonly connectionId: string;
  readonly owner: "slot" | "deployment" | "connection";
  readonly slot: Slot | null;
  readonly externalKey: string;
  readonly externalId: string | null;
  readonly fields: JsonObject | null;
  /** Hash of the plan it belongs to: what is applied is what was approved (I4). */
  readonly planHash: string;
}
