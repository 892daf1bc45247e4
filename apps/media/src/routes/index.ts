import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { agentEvents } from "./agent-events.ts";
import { agentInbound } from "./agent-inbound.ts";
import { agentTool } from "./agent-tool.ts";
import { replay } from "./replay.ts";
import { trialTrace } from "./trial-trace.ts";
import { voiceAction } from "./voice-action.ts";
import { voiceAnswer } from "./voice-answer.ts";
import { voiceFallback } from "./voice-fallback.ts";
import { voiceHandOff, voiceHangUp } from "./voice-hand-off.ts";
import { voiceOutbound } from "./voice-outbound.ts";
import { voiceStatus } from "./voice-status.ts";
import { voiceWhisper } from "./voice-whisper.ts";

/** Every address at which vendors reach a deployment. */
export const ingressRoutes = (context: IngressContext): readonly Route[] =>
  [
    voiceAnswer,
    voiceOutbound,
    voiceAction,
    voiceStatus,
    voiceFallback,
    voiceHandOff,
    voiceHangUp,
    voiceWhisper,
    agentTool,
    agentEvents,
    agentInbound,
    trialTrace,
    replay,
  ].map((route) => route(context));
