import { randomBytes, randomUUID } from "node:crypto";
import { agents, carriers } from "@tandem/catalog/inbound";
import { Slot } from "@tandem/domain/slot";
import type { Deployment, Role } from "@tandem/domain/tenant";
import { AppError, type Clock, type Json, type Secret } from "@tandem/kernel";
import type { AgentIngress, CarrierIngress } from "@tandem/ports/inbound";
import type { IngressProbe, TrialAnswer, TrialToolResult } from "@tandem/ports/ingress-probe";
import type { RolloutStore } from "@tandem/ports/store/rollouts";
import { seal, signTicket } from "@tandem/secrets";
import { boundedFetch } from "./bounded-fetch.ts";
import { TrialSessions } from "./trial-sessions.ts";

/** A connection with its opened credential, as the worker loads it. */
export interface LoadedCredential {
  readonly vendor: string;
  readonly secrets: Readonly<Record<string, Secret>>;
}

export interface IngressProbeOptions {
  readonly store: Pick<RolloutStore, "view">;
  readonly loadCredential: (tenantId: string, connectionId: string) => Promise<LoadedCredential>;
  /** Where carriers and agents reach the media service. */
  readonly publicUrl: string;
  /** The same secret as in the media service. */
  readonly ticketKey: Secret;
  readonly clock: Clock;
}

const TICKET_MS = 60_000;
const REACH_DEADLINE_MS = 5000;
const ANSWER_DEADLINE_MS = 10_000;
const TOOL_DEADLINE_MS = 25_000;
/** Reserved for fiction: no caller has it. */
const TRIAL_CALLER = "+15550100199";

/** The worker's hand on the ingress: signs as the tenant's carrier and agent would, with the tenant's own credentials. */
export function createIngressProbe(options: IngressProbeOptions): IngressProbe {
  const sessions = new TrialSessions();
  const { clock, publicUrl, ticketKey } = options;
  return {
    reach: () => reach(publicUrl, ticketKey),
    answer: (tenantId, deploymentId, slot) => answer(options, sessions, { tenantId, deploymentId, slot }),
    tool: async (tenantId, deploymentId, call) => {
      const { deployment, vendor, secrets } = await signerOf(options, { tenantId, deploymentId }, "voiceAgent", agents);
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
      const { deployment, vendor, secrets } = await signerOf(
        options,
        { tenantId, deploymentId },
        "telephony",
        carriers,
      );
      const url = `${publicUrl}/voice/${deployment.ingressKey}/status`;
      const request = vendor.sign(
        { url, callId: session.callId, ...partiesOf(deployment), event: "completed" },
        secrets,
      );
      await boundedFetch(url, { method: "POST", ...request }, ANSWER_DEADLINE_MS);
      sessions.remove(sessionId);
    },
  };
}

interface Subject {
  readonly tenantId: string;
  readonly deploymentId: string;
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

async function answer(
  options: IngressProbeOptions,
  sessions: TrialSessions,
  trial: Subject & { slot: Slot },
): Promise<TrialAnswer> {
  const { clock, publicUrl, ticketKey } = options;
  const { deployment, vendor, secrets } = await signerOf(options, trial, "telephony", carriers);
  const url = `${publicUrl}/voice/${deployment.ingressKey}`;
  const callId = `trial-${randomBytes(16).toString("hex")}`;
  const request = vendor.sign({ url, callId, ...partiesOf(deployment), event: "ringing" }, secrets);
  const claims = {
    tenantId: trial.tenantId,
    deploymentId: trial.deploymentId,
    slot: trial.slot,
    id: randomUUID(),
    issuedAtMs: clock.now(),
  };
  const ticket = signTicket(ticketKey, "trial", claims, clock.now() + TICKET_MS);
  const headers = { ...request.headers, "x-tandem-trial": ticket };
  const startedMs = clock.monotonicMs();
  const answered = await boundedFetch(url, { method: "POST", body: request.body, headers }, ANSWER_DEADLINE_MS);
  const sessionId = answered.headers.get("x-tandem-session");
  const stamp = answered.headers.get("x-tandem-stamp");
  if (sessionId !== null && stamp !== null) sessions.put(sessionId, { callId, stamp, openedAtMs: clock.now() });
  return {
    status: answered.status,
    document: answered.body,
    slot: Slot.safeParse(answered.headers.get("x-tandem-slot")).data ?? null,
    bundleHash: answered.headers.get("x-tandem-release"),
    sessionId,
    latencyMs: clock.monotonicMs() - startedMs,
  };
}

/** The deployment and the vendor behind one of its roles, with the credential to sign as that vendor. */
async function signerOf<Vendor extends CarrierIngress | AgentIngress>(
  options: IngressProbeOptions,
  { tenantId, deploymentId }: Subject,
  role: Role,
  vendors: ReadonlyMap<string, Vendor>,
): Promise<{ deployment: Deployment; vendor: Vendor; secrets: LoadedCredential["secrets"] }> {
  const deployment = (await options.store.view(tenantId, deploymentId))?.deployment;
  if (deployment === undefined) throw new AppError("not_found", `There is no deployment ${deploymentId}`);
  const connectionId = deployment.connections[role];
  if (connectionId === undefined) throw new AppError("not_found", `${deployment.name} has no connection for ${role}`);
  const { vendor: id, secrets } = await options.loadCredential(tenantId, connectionId);
  const vendor = vendors.get(id);
  if (vendor === undefined) throw new AppError("not_found", `${id} does not send requests to the ingress as ${role}`);
  return { deployment, vendor, secrets };
}

const partiesOf = (deployment: Deployment) => ({ from: TRIAL_CALLER, to: deployment.number ?? TRIAL_CALLER });

function sessionOf(sessions: TrialSessions, sessionId: string) {
  const session = sessions.get(sessionId);
  if (session === undefined) throw new AppError("not_found", `There is no smoke call ${sessionId} in this process`);
  return session;
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
