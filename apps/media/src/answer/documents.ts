import { AppError, type Clock, instant, type Secret } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { E164 } from "@tandem/domain/tenant";
import type { CarrierCall, CarrierDocuments, CarrierIngress, DialTarget } from "@tandem/ports/inbound";
import type { Logger } from "@tandem/telemetry";
import { type Served, slotRelease } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import { type LegKind, LONGEST_CALL_MS, signStamp } from "../session/session-pin.ts";
import type { Credentials } from "../credential/credentials.ts";
import type { InboundVendors } from "../credential/caller-identity.ts";
import { signStreamTicket } from "../stream/stream-ticket.ts";
import { leadsBack } from "./decide.ts";
import type { IngressAddress } from "./ingress-address.ts";

/** What it takes to write documents for a call. */
export interface DocumentContext {
  readonly address: IngressAddress;
  readonly ticketKey: Secret;
  readonly credentials: Credentials;
  readonly vendors: InboundVendors;
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly sessions: LiveSessions;
  readonly log: Logger;
  /** Name of this node: audio streams come back to it. */
  readonly node: string;
  readonly clock: Clock;
  /** A call of this release is about to be answered with our own conversation engine: opens what it will need, without being waited for. */
  readonly prepare: (served: Served, bundle: ReleaseBundle) => void;
}

/** A call with its pinned release, as every document builder needs it. */
export interface PinnedCall {
  readonly served: Served;
  readonly session: LiveSession;
  readonly carrier: CarrierIngress;
  readonly call: CarrierCall;
  readonly bundle: ReleaseBundle;
}

/** Longest wait for the agent vendor before the caller is sent elsewhere, milliseconds (ruling 35). */
const REGISTER_DEADLINE_MS = 1500;
const AGENT_RING_SECONDS = 20;
const PERSON_RING_SECONDS = 30;
const LONGEST_CALL_SECONDS = LONGEST_CALL_MS / 1000;

const SORRY = "We are sorry, we cannot take your call right now. Please call again later.";
const USED_UP = "We are sorry, this number has used its calling time for today. Please call again tomorrow.";

/** Writes the carrier documents of pinned calls. */
export class Documents {
  readonly #context: DocumentContext;

  constructor(context: DocumentContext) {
    this.#context = context;
  }

  staff(pinned: PinnedCall, numbers: readonly string[], ringSeconds: number): string {
    const targets = numbers.map((number) => ({ number }));
    return this.#dial(pinned, "staff", { say: null, targets, ringSeconds, maxSeconds: LONGEST_CALL_SECONDS });
  }

  /** Connects the call to what speaks in its release: our own engine at once, a hosted agent after registering the call with its vendor. */
  agent(pinned: PinnedCall, attempt: number): Promise<string> | string {
    const { served, bundle } = pinned;
    const { kind } = bundle.agent;
    if (kind !== "retell-llm") this.#context.prepare(served, bundle);
    return kind === "tandem" ? this.#stream(pinned, attempt) : this.#hosted(pinned, attempt);
  }

  /** No vendor is asked: the answer is made of what is in memory. */
  #stream(pinned: PinnedCall, attempt: number): string {
    const { session, served, carrier } = pinned;
    const { connectStream } = carrier.documents;
    if (connectStream === undefined || carrier.stream === undefined)
      return this.#unreachable(
        pinned,
        attempt,
        new AppError("config_invalid", `${carrier.vendor} carries no audio to us`),
      );
    const { address, node, ticketKey, clock, sessions } = this.#context;
    sessions.note(session, { openLeg: "stream", streamEnd: null });
    const { ingressKey } = served.deployment;
    const pin = pinOf(session);
    const ticket = signStreamTicket(ticketKey, { node, pin, attempt, faults: session.faults }, clock.now());
    const actionUrl = address.action(ingressKey, { ...pin, leg: "stream", attempt });
    return connectStream({ url: address.stream(ingressKey), parameters: { ticket }, actionUrl });
  }

  /** Registers the call for the pinned agent and version and connects to it; when the vendor does not answer in time, the fallback. */
  async #hosted(pinned: PinnedCall, attempt: number): Promise<string> {
    const { session, bundle } = pinned;
    const startedAt = performance.now();
    try {
      const registered = await this.#register(pinned);
      session.agentCallId = registered.agentCallId;
      const registerMs = Math.round(performance.now() - startedAt);
      this.#context.sessions.record(session, "agent-registered", {
        agentCallId: registered.agentCallId,
        attempt,
        registerMs,
      });
      const maxSeconds = bundle.conversation.limits.maxCallMinutes * 60;
      const targets = [{ sipUri: registered.sipUri }];
      return this.#dial(pinned, "agent", { say: null, targets, ringSeconds: AGENT_RING_SECONDS, maxSeconds }, attempt);
    } catch (error) {
      return this.#unreachable(pinned, attempt, error);
    }
  }

  #unreachable(pinned: PinnedCall, attempt: number, error: unknown): string {
    const { log, sessions } = this.#context;
    const { session } = pinned;
    log.warn(
      { err: error, sessionId: session.sessionId },
      "the agent cannot be reached: the caller goes to the fallback",
    );
    sessions.record(session, "agent-unreachable", { code: codeOf(error), attempt });
    sessions.note(session, { hasDropped: true });
    return this.fallback(pinned);
  }

  /** The playbook's way to a person; its announcement cannot be interrupted. */
  human(pinned: PinnedCall, kind: "human" | "emergency" = "human"): string {
    const path = kind === "human" ? pinned.bundle.humanPath : pinned.bundle.emergency;
    return this.#person(pinned, kind, path.number, path.message);
  }

  fallback(pinned: PinnedCall): string {
    const { bundle } = pinned;
    const number = [bundle.fallbackNumber, bundle.humanPath.number].find((each) => !leadsBack(pinned.call, each));
    return number === undefined ? this.sorry(pinned.carrier.documents) : this.#person(pinned, "fallback", number, null);
  }

  refusal(pinned: PinnedCall): string {
    return pinned.carrier.documents.hangUp({ say: USED_UP });
  }

  /** For a machine that took our call: the playbook's message, which begins after its tone; without one not a word. */
  voicemail({ carrier, bundle }: PinnedCall): string {
    return carrier.documents.hangUp({ say: bundle.agent.voicemailMessage ?? null });
  }

  hangUp(documents: CarrierDocuments): string {
    return documents.hangUp({ say: null });
  }

  sorry(documents: CarrierDocuments): string {
    return documents.hangUp({ say: SORRY });
  }

  #person(pinned: PinnedCall, leg: LegKind, number: string, say: string | null): string {
    const targets = [{ number, ...this.#whisper(pinned, leg) }];
    return this.#dial(pinned, leg, {
      say,
      targets,
      ringSeconds: PERSON_RING_SECONDS,
      maxSeconds: LONGEST_CALL_SECONDS,
    });
  }

  /** Who takes over a call is told of it first; the emergency line is connected at once. */
  #whisper({ session, served }: PinnedCall, leg: LegKind): { readonly whisperUrl?: string } {
    if (session.briefing === null || leg === "emergency") return {};
    const token = { ...pinOf(session), leg, attempt: 1 };
    return { whisperUrl: this.#context.address.whisper(served.deployment.ingressKey, token, session.briefing) };
  }

  #dial(
    pinned: PinnedCall,
    leg: LegKind,
    document: Pick<Parameters<CarrierDocuments["dial"]>[0], "say" | "targets" | "ringSeconds" | "maxSeconds">,
    attempt = 1,
  ): string {
    const { session, served, carrier } = pinned;
    this.#context.sessions.note(session, { openLeg: leg });
    const actionUrl = this.#context.address.action(served.deployment.ingressKey, { ...pinOf(session), leg, attempt });
    return carrier.documents.dial({ ...document, actionUrl, callerId: shownNumber(pinned, document.targets) });
  }

  async #register({ served, session, call, bundle }: PinnedCall) {
    const binding = agentBinding(served, session, bundle);
    const { tenantId, connections } = served.deployment;
    const connection = connections[binding.connectionId];
    const vendor = this.#context.vendors.agents.get(connection?.vendor ?? "");
    if (connection === undefined || vendor === undefined)
      throw new Error(`no agent vendor behind connection ${binding.connectionId}`);
    const secrets = await this.#context.credentials.current(tenantId, binding.connectionId, connection);
    const baseUrl =
      connection.endpoint === "sandbox"
        ? (this.#context.sandboxOrigins[connection.vendor] ?? unknownSandbox(connection.vendor))
        : null;
    const [other, own] = [call.from ?? "anonymous", call.to ?? served.deployment.number ?? ""];
    const isOutbound = session.direction === "outbound";
    return vendor.registrar({ secrets, baseUrl }).registerCall(
      {
        agentId: binding.agentId,
        agentVersion: binding.agentVersion,
        from: isOutbound ? own : other,
        to: isOutbound ? other : own,
        direction: session.direction ?? "inbound",
        metadata: this.metadataOf(session),
        variables: variablesOf(session, call),
      },
      AbortSignal.timeout(REGISTER_DEADLINE_MS),
    );
  }

  /** What every webhook of the call brings back to us. */
  metadataOf(session: LiveSession): Readonly<Record<string, string>> {
    return { tandem_stamp: signStamp(this.#context.ticketKey, pinOf(session)), tandem_session: session.sessionId };
  }
}

/** On calls that we placed a person is rung from our own number: the lead's is not ours to show. Null shows the caller's. */
function shownNumber({ session, served }: PinnedCall, targets: readonly DialTarget[]): E164 | null {
  const ringsNumbers = targets.some((target) => "number" in target);
  return session.direction === "outbound" && ringsNumbers ? served.deployment.number : null;
}

/** The part of a session that is signed and travels. */
export const pinOf = (session: LiveSession) => {
  const { tenantId, deploymentId, sessionId, callId, slot, bundleHash, generation, kind, startedAtMs } = session;
  const { direction, isTalk } = session;
  return {
    tenantId,
    deploymentId,
    sessionId,
    callId,
    slot,
    bundleHash,
    generation,
    kind,
    startedAtMs,
    ...(direction === undefined ? {} : { direction }),
    ...(isTalk === undefined ? {} : { isTalk }),
  };
};

/** Agent and version that the pinned slot is bound to. Throws when the slot now holds another release or the agent has no version. */
export function agentBinding(served: Served, session: LiveSession, bundle: ReleaseBundle) {
  if (slotRelease(served, session.slot)?.bundleHash !== session.bundleHash)
    throw new Error(`release ${session.bundleHash} has left slot ${session.slot}`);
  const binding = served.deployment.slots[session.slot].bindings.find(
    ({ address }) => address === bundle.agent.resource,
  );
  if (binding?.externalId == null || binding.version === null)
    throw new Error(`${bundle.agent.resource} is not bound in slot ${session.slot}`);
  return { connectionId: binding.connectionId, agentId: binding.externalId, agentVersion: Number(binding.version) };
}

/** Variables the agent's prompt may use. */
export const variablesOf = (
  session: LiveSession,
  call: Pick<CarrierCall, "from">,
): Readonly<Record<string, string>> => ({
  caller_number: call.from ?? "",
  call_started_at: instant(session.startedAtMs),
});

function unknownSandbox(vendor: string): never {
  throw new Error(`no sandbox origin is configured for ${vendor}`);
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : "internal";
};
