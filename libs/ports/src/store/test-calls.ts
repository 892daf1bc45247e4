import type { Slot } from "@tandem/domain/slot";
import type { Instant, Json } from "@tandem/kernel";
import type { Actor, Page, PageRequest } from "./control.ts";

/** Which slot is called, and what the caller says: a conversation of the release by its name, or null for the first one. */
export interface TestCallWish {
  readonly slot: Slot;
  readonly script: string | null;
}

/** A scripted call that somebody asked for, and what came of it. */
export interface TestCallView extends TestCallWish {
  readonly id: string;
  readonly deploymentId: string;
  readonly state: "pending" | "done" | "failed";
  readonly requestedBy: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  /** Why it could not be placed; null otherwise. */
  readonly code: string | null;
  readonly detail: string | null;
  /** What was heard; null until it is done. */
  readonly result: Json;
}

/** Scripted calls, within the actor's tenant. */
export interface TestCallRequests {
  /** Leaves it for a worker. Throws `not_found`, and `conflict` while one to the same deployment is under way. */
  requestTestCall(actor: Actor, deploymentId: string, wish: TestCallWish): Promise<TestCallView>;
  testCall(actor: Actor, id: string): Promise<TestCallView | null>;
  /** Writes down that the actor was given an address at which one may talk to a slot. Throws `not_found`. */
  recordTalkLink(actor: Actor, deploymentId: string, slot: Slot): Promise<void>;
  /** Newest first. */
  testCalls(actor: Actor, deploymentId: string, page: PageRequest): Promise<Page<TestCallView>>;
}
