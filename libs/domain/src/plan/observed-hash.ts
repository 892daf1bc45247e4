import { contentHash, type JsonObject } from "@tandem/kernel";
import type { ObservedObject } from "./plan-input.ts";

/** How an observation is kept in a plan: a hash over identity, version and managed fields, or `absent`. */
export const observedHash = (object: ObservedObject | null): string =>
  object === null
    ? "absent"
    : contentHash({
        externalId: object.externalId,
        version: object.version,
        published: object.published,
        fields: object.fields,
      });

/** The same for a number's routing. */
export const routingHash = (routing: JsonObject | null): string => (routing === null ? "absent" : contentHash(routing));
