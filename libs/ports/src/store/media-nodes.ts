import type { Instant } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** A media node as it last told of itself. */
export interface MediaNodeStanding {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** Database time of the last look at all pointers that it serves. */
  readonly lookedAt: Instant;
  /** How long ago that was. */
  readonly silentMs: number;
}

/** The media nodes that answer calls, for the platform only. */
export interface MediaNodeRequests {
  mediaNodes(actor: Actor, page: PageRequest): Promise<Page<MediaNodeStanding>>;
  /**
   * Nobody waits any more for a node that runs no more. Throws `not_found`, and `conflict` for one that has just told of itself: it would
   * be there again with its next look.
   */
  forgetMediaNode(actor: Actor, nodeId: string, reason: string): Promise<void>;
}
