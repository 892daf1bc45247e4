import type { AgentModels } from "@tandem/agent";
import type { Clock } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { Providers } from "@tandem/ports/provider";
import type { MakePipeline } from "../call/call-desk.ts";
import type { Converse } from "../call/converse.ts";
import type { OpenProvider } from "../call/provider-accounts.ts";
import type { CallFault } from "../pipeline/call-line.ts";
import type { PipelineParts } from "../pipeline/pipeline-parts.ts";

/** Opens the chain of models of a release for one call. */
export type OpenModels = (parts: {
  readonly bundle: ReleaseBundle;
  readonly faults: readonly CallFault[];
  readonly openProvider: OpenProvider;
  readonly onServed: (provider: string, model: string) => void;
  readonly onFailover: () => void;
  readonly onProviderFailed: PipelineParts["onProviderFailed"];
  readonly onBreakerOpened: PipelineParts["onBreakerOpened"];
}) => AgentModels;

/** What speaks on calls of our own engine. */
export interface OwnEngine {
  readonly makePipeline: MakePipeline;
  readonly converse: Converse;
  /** The chain of models of one call, for agents whose voice is a vendor's. */
  readonly openModels: OpenModels;
  /** A release has come to this node: renders its fixed lines before a call needs them, without being waited for. */
  prepare(bundle: ReleaseBundle, openProvider: OpenProvider): void;
  /** Vendor → what it brings to the audio thread. */
  readonly providers: ReadonlyMap<string, Providers>;
  /** Stops what all calls share. */
  close(): void;
}

/** Opens the engine of a node. */
export type OpenEngine = (node: { readonly clock: Clock; readonly store: ObjectStore }) => OwnEngine;
