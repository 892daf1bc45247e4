import {
  type AgentModels,
  type AgentTools,
  type CollectedFact,
  type ConversationEngine,
  type ConversationState,
  createConversation,
  type EngineEvent,
} from "@tandem/agent";
import type { Clock } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { LiveSession } from "../session/live-session.ts";

/** Opens the conversation of one call, whatever carries its voice. */
export type Converse = (options: {
  readonly bundle: ReleaseBundle;
  readonly session: Pick<LiveSession, "from" | "startedAtMs" | "direction">;
  readonly models: AgentModels;
  readonly tools: AgentTools;
  readonly clock: Clock;
  /** Facts of earlier calls, and of the lead that is called. */
  readonly remembered: readonly CollectedFact[];
  /** Where an earlier leg of this call left off; null at its beginning. */
  readonly resumed: ConversationState | null;
  readonly onEvent: (event: EngineEvent) => void;
}) => ConversationEngine;

/** The conversation engine of the release. */
export const converse: Converse = ({ bundle, session, models, tools, clock, remembered, resumed, onEvent }) =>
  createConversation({
    bundle,
    call: { from: session.from ?? "", epochMs: session.startedAtMs, direction: session.direction ?? "inbound" },
    models,
    tools,
    clock,
    remembered,
    ...(resumed === null ? {} : { resumed }),
    onEvent,
    waitingAfterMs: bundle.latency.endToEndMs,
  });
