import { answerDecision } from "@tandem/domain/manifest";
import { problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import type { PinnedCall } from "../answer/documents.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LegToken } from "../session/session-pin.ts";
import { carrierRequest, documentReply, isReply, legOf, pinnedCall } from "./carrier-request.ts";

/** Agent legs that one call may have: the first and one resumption on the same release. */
const MOST_AGENT_LEGS = 2;

/** A dialled leg has ended: hang up, go on with the agent on the same release, or fall back (ruling 34). */
export const voiceAction = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/voice/:ingressKey/action",
  handle: async (exchange) => {
    const request = await carrierRequest(context, exchange);
    if (isReply(request)) return request;
    const leg = legOf(context, exchange, request);
    if (leg === null) return problems.refused;
    const pinned = pinnedCall(context, request, leg);
    if (pinned === null) return documentReply(request.carrier, context.documents.sorry(request.carrier.documents));
    noteLeg(context, pinned, leg);
    if (pinned.session.endedAtMs !== null) await context.spool.settled(); // no caller waits any more
    return documentReply(request.carrier, await nextDocument(context, pinned, leg));
  },
});

function noteLeg(context: IngressContext, { session, call }: PinnedCall, leg: LegToken): void {
  if (leg.leg === "stream") return noteStream(context, session, leg);
  const ended = call.leg ?? "failed";
  const identity = `${call.callId}/leg/${leg.leg}/${leg.attempt}/${ended}`;
  const payload = { leg: leg.leg, attempt: leg.attempt, ended, seconds: call.legSeconds };
  if (!context.sessions.recordReport(session, "leg-ended", identity, payload)) return;
  const answeredLegs = ended === "answered" ? [...session.facts.answeredLegs, leg.leg] : session.facts.answeredLegs;
  const isLost = leg.leg === "agent" && (ended === "failed" || ended === "busy" || ended === "no-answer");
  context.sessions.note(session, { answeredLegs, openLeg: null, hasDropped: session.facts.hasDropped || isLost });
}

/** No word of an end means that the node died under the call, or the network between the carrier and us. */
function noteStream({ sessions }: IngressContext, session: LiveSession, leg: LegToken): void {
  const ended = session.facts.streamEnd ?? "lost";
  const identity = `${session.callId}/leg/stream/${leg.attempt}`;
  if (!sessions.recordReport(session, "leg-ended", identity, { leg: "stream", attempt: leg.attempt, ended })) return;
  sessions.note(session, { openLeg: null, streamEnd: ended, hasDropped: session.facts.hasDropped || ended === "lost" });
}

/** Our own engine's stream is over: as we ended it, or on with the same release. */
function afterStream(context: IngressContext, pinned: PinnedCall, leg: LegToken): Promise<string> | string {
  const { documents } = context;
  const { streamEnd, handedOffTo } = pinned.session.facts;
  if (streamEnd === "hand-off") return documents.human(pinned, handedOffTo ?? "human");
  const isOver = streamEnd === "hang-up" || streamEnd === "caller-gone" || pinned.session.endedAtMs !== null;
  return isOver ? documents.hangUp(pinned.carrier.documents) : resume(context, pinned, leg);
}

async function nextDocument(context: IngressContext, pinned: PinnedCall, leg: LegToken): Promise<string> {
  if (leg.leg === "stream") return afterStream(context, pinned, leg);
  const { documents } = context;
  const { call, session } = pinned;
  const isOver = call.leg === "canceled" || session.facts.handedOffTo !== null;
  const isAgentLost = leg.leg === "agent" && (call.leg !== "answered" || session.facts.hasDropped);
  if (isOver && leg.leg === "agent") return documents.hangUp(pinned.carrier.documents);
  if (isAgentLost && call.leg !== "canceled") return resume(context, pinned, leg);
  if (call.leg === "answered" || call.leg === "canceled") return documents.hangUp(pinned.carrier.documents);
  return afterNoAnswer(context, pinned, leg);
}

/** The agent is gone and the caller is still there: once more on the same release, then the fallback. */
const resume = (context: IngressContext, pinned: PinnedCall, leg: LegToken): Promise<string> | string => {
  const isSameRelease = pinned.served.deployment.slots[leg.slot].bundleHash === leg.bundleHash;
  return isSameRelease && leg.attempt < MOST_AGENT_LEGS
    ? context.documents.agent(pinned, leg.attempt + 1)
    : context.documents.fallback(pinned);
};

function afterNoAnswer(context: IngressContext, pinned: PinnedCall, leg: LegToken): Promise<string> | string {
  if (leg.leg === "fallback") return context.documents.sorry(pinned.carrier.documents);
  if (leg.leg !== "staff") return context.documents.fallback(pinned);
  const { rule } = answerDecision(pinned.bundle.answer, leg.startedAtMs);
  const goesToAgent = rule.do === "agent" || rule.noAnswer === "agent";
  return goesToAgent ? context.documents.agent(pinned, 1) : context.documents.fallback(pinned);
}
