import type { JsonObject } from "@tandem/kernel";
import type { VendorObject, WriteTarget } from "@tandem/ports/vendor-resources";
import type { HubspotRequests } from "./client.ts";
import { refusal } from "./refusal.ts";

/** A vendor object before it is stamped with the time of reading. */
export type Found = Pick<VendorObject, "externalId" | "externalKey" | "fields">;

/** How one kind is read, found, written and recognised. */
export interface KindLife {
  read(requests: HubspotRequests, externalId: string): Promise<Found | null>;
  find(requests: HubspotRequests, externalKey: string): Promise<readonly Found[]>;
  create(requests: HubspotRequests, target: WriteTarget): Promise<Found>;
  update(requests: HubspotRequests, target: WriteTarget): Promise<Found>;
  remove(requests: HubspotRequests, externalId: string): Promise<null>;
  /** Whether everything wanted is there; what is there beyond it does not matter. */
  holds(found: JsonObject, wanted: JsonObject): boolean;
}

/** The external id of an existing object. */
export function idOf(target: WriteTarget): string {
  if (target.externalId === null) throw refusal("resources", "invalid", `${target.kind} without an external id`);
  return target.externalId;
}
