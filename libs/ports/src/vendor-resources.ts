import type { Instant, JsonObject } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";

/** A vendor object reduced to what Tandem manages. */
export interface VendorObject {
  readonly externalId: string;
  /** Our key as found on the object; null when it bears none (an adopted number). */
  readonly externalKey: string | null;
  /** The vendor's version where the kind is versioned, else null. */
  readonly version: string | null;
  /** False while a versioned object has unpublished content. Always true for kinds that do not publish. */
  readonly published: boolean;
  /** Exactly the fields of the kind's schema, server-side defaults left out, so that observed = applied compares equal. */
  readonly fields: JsonObject;
  readonly readAt: Instant;
}

/** A listing and whether it is whole. Nothing is deleted or called an orphan on an incomplete one. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly complete: boolean;
}

/** What one write is about. References in `fields` are already resolved. */
export interface WriteTarget {
  readonly kind: string;
  readonly externalKey: string;
  /** Null for `create`. */
  readonly externalId: string | null;
  /** Null for `delete` and `publish`. */
  readonly fields: JsonObject | null;
  /** A short label for people who look at the vendor's dashboard; no secret, no personal data. */
  readonly label: string;
}

/**
 * The life of vendor objects: one read or at most one write per call (reads may go before it; a write that the vendor's state
 * makes needless is left out). Never retries by itself; every call has a total deadline.
 * Errors: `VendorError`, whose `effect` says whether something may have changed.
 */
export interface VendorResources {
  /** The object, or null when the vendor does not have it (or no longer). */
  read(kind: string, externalId: string): Promise<VendorObject | null>;
  /**
   * All objects of a kind that bear our key: none, one, or (after a doubtful create) more. Oldest first. Kinds with identity
   * `natural` bear no key of ours: they are found by their natural one (a number in E.164).
   */
  findByKey(kind: string, externalKey: string): Promise<Listing<VendorObject>>;
  /** One write. Returns the object as the vendor answered, or null after `delete`. Deleting what is gone is not an error. */
  write(verb: OperationVerb, target: WriteTarget): Promise<VendorObject | null>;
  /** Whether the effect of a write is visible in what was read: the question that resume asks. Pure. */
  reached(verb: OperationVerb, target: WriteTarget, found: VendorObject | null): boolean;
}
