import type { Clock } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { Providers } from "@tandem/ports/provider";
import type { MakePipeline } from "../call/call-desk.ts";
import type { Converse } from "../call/converse.ts";

/** What speaks on calls of our own engine. */
export interface OwnEngine {
  readonly makePipeline: MakePipeline;
  readonly converse: Converse;
  /** Vendor → what it brings to the audio thread. */
  readonly providers: ReadonlyMap<string, Providers>;
  /** Stops what all calls share. */
  close(): void;
}

/** Opens the engine of a node. */
export type OpenEngine = (node: { readonly clock: Clock; readonly store: ObjectStore }) => OwnEngine;
