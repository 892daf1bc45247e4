import { randomBytes } from "node:crypto";
import { AppError, type Secret } from "@tandem/kernel";
import type {
  IngressProbe,
  SpokenReport,
  TrialAnswer,
  TrialScript,
  TrialToolResult,
} from "@tandem/ports/ingress-probe";
import type { Slot } from "@tandem/domain/slot";
import { seal } from "@tandem/secrets";
import { boundedFetch } from "./bounded-fetch.ts";
import { replayCall } from "./replay-call.ts";
import { silent, speak } from "./spoken-call.ts";
import { converse } from "./text-call.ts";
import { answerTrial } from "./trial-answer.ts";
import { TrialSessions } from "./trial-sessions.ts";
import { agentVendorOf, type IngressProbeOptions, jsonOf, type Subject } from "./trial-signer.ts";
import { endTrial, finalTrace } from "./trial-trace.ts";

const REACH_DEADLINE_MS = 5000;
const TOOL_DEADLINE_MS = 25_000;

/** The worker's hand on the ingress: signs as the tenant's carrier and agent would, with the tenant's own credentials. */
export function createIngressProbe(options: IngressProbeOptions): IngressProbe {
  const sessions = new TrialSessions();
  const { clock, publicUrl, ticketKey } = options;
  const talk = (
    level: SpokenReport["level"],
    trial: Subject & { readonly slot: Slot; readonly script: TrialScript },
    have: (answer: TrialAnswer) => Promise<SpokenReport>,
  ) => haveConversation(options, sessions, { level, ...trial }, have);
  return {
    reach: () => reach(publicUrl, ticketKey),
    answer: (tenantId, deploymentId, slot, faults = []) =>
      answerTrial(options, sessions, { tenantId, deploymentId, slot, faults }),
    call: (tenantId, deploymentId, slot, script) => {
      const subject = { tenantId, deploymentId };
      return talk("spoken", { ...subject, slot, script }, (answer) => speak(options, subject, answer, script));
    },
    converse: (tenantId, deploymentId, slot, script) => {
      const subject = { tenantId, deploymentId };
      return talk("text", { ...subject, slot, script }, (answer) =>
        converse(options, sessions, { subject, answer, script }),
      );
    },
    replay: (tenantId, deploymentId, slot, talk, signal) =>
      replayCall(options, { tenantId, deploymentId, slot }, talk, signal),
    tool: async (tenantId, deploymentId, call) => {
      const { deployment, vendor, secrets } = await agentVendorOf(options, { tenantId, deploymentId });
      const { stamp, callId } = sessionOf(sessions, call.sessionId);
      const metadata = { tandem_stamp: stamp, tandem_session: call.sessionId };
      const request = vendor.signTool(
        { agentCallId: `agent-${callId}`, tool: call.tool, arguments: call.arguments, metadata },
        secrets,
        clock.now(),
      );
      const url = `${publicUrl}/agent/${deployment.ingressKey}/tools/${encodeURIComponent(call.tool)}`;
      const { status, body } = await boundedFetch(url, { method: "POST", ...request }, TOOL_DEADLINE_MS);
      return { status, result: jsonOf(body) } satisfies TrialToolResult;
    },
    hangUp: async (tenantId, deploymentId, sessionId) => {
      const session = sessions.get(sessionId);
      if (session === undefined) return;
      const call = { sessionId, callId: session.callId, nodeOrigin: null };
      await endTrial(options, { tenantId, deploymentId }, call);
      sessions.remove(sessionId);
    },
    settle: async (tenantId, deploymentId, call) => {
      await endTrial(options, { tenantId, deploymentId }, call);
      sessions.remove(call.sessionId);
      return finalTrace(options, call);
    },
  };
}

/** Answered, noted, had; and ended in any case. */
async function haveConversation(
  options: IngressProbeOptions,
  sessions: TrialSessions,
  trial: Subject & { readonly level: SpokenReport["level"]; readonly slot: Slot; readonly script: TrialScript },
  have: (answer: TrialAnswer) => Promise<SpokenReport>,
): Promise<SpokenReport> {
  const { script, level } = trial;
  const answer = await answerTrial(options, sessions, { ...trial, faults: script.faults });
  const { call } = answer;
  try {
    const goesOn = await script.onAnswered(answer);
    return goesOn ? await have(answer) : silent(level, "the call was not gone on with");
  } finally {
    // A call that cannot be ended now ends by itself.
    if (call !== null) await endTrial(options, trial, call).catch(() => undefined);
    if (call !== null) sessions.remove(call.sessionId);
  }
}

async function reach(publicUrl: string, ticketKey: Secret): Promise<{ reached: boolean; detail: string }> {
  const nonce = randomBytes(24).toString("base64url");
  try {
    const { status, body } = await boundedFetch(`${publicUrl}/probe/${nonce}`, {}, REACH_DEADLINE_MS);
    const proof = (jsonOf(body) as { proof?: unknown } | null)?.proof;
    if (status === 200 && proof === seal(ticketKey, "nonce", nonce))
      return { reached: true, detail: `${publicUrl} is this installation` };
    return {
      reached: false,
      detail: `${publicUrl} answers (status ${status}), but it is not this installation's media service`,
    };
  } catch (error) {
    const why =
      error instanceof Error ? ((error.cause as { code?: string } | undefined)?.code ?? error.message) : "no answer";
    return { reached: false, detail: `${publicUrl} cannot be reached: ${why}` };
  }
}

function sessionOf(sessions: TrialSessions, sessionId: string) {
  const session = sessions.get(sessionId);
  if (session === undefined) throw new AppError("not_found", `There is no smoke call ${sessionId} in this process`);
  return session;
}
