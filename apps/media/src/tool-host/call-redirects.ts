import { AppError } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import { pinOf } from "../answer/documents.ts";
import type { IngressAddress } from "../answer/ingress-address.ts";
import type { Served } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import { isAgentHeld, type LegKind, type LegToken } from "../session/session-pin.ts";
import type { ToolHost } from "./tool-host.ts";
import type { JobConnection } from "./tool-job.ts";

/** A call with the release that its carrier is known from. */
export interface RedirectedCall {
  readonly served: Served;
  readonly session: LiveSession;
  readonly bundle: ReleaseBundle;
}

/** `done`: the carrier has taken it · `no-carrier`: a smoke call, which has no leg there · `no-leg`: the agent vendor holds the number. */
export type RedirectResult = "done" | "no-carrier" | "no-leg";

/** Sends the caller's leg of a call in progress to another document, at the carrier (ruling 35). Rejects with what the carrier says. */
export class CallRedirects {
  readonly #host: ToolHost;
  readonly #address: IngressAddress;

  constructor(host: ToolHost, address: IngressAddress) {
    this.#host = host;
    this.#address = address;
  }

  handOff(call: RedirectedCall, to: "human" | "emergency"): Promise<RedirectResult> {
    return this.#redirect(call, (key, leg) => this.#address.handOff(key, leg, call.session.briefing), to);
  }

  hangUp(call: RedirectedCall): Promise<RedirectResult> {
    return this.#redirect(call, (key, leg) => this.#address.hangUp(key, leg), "agent");
  }

  async #redirect(
    { served, session, bundle }: RedirectedCall,
    addressOf: (ingressKey: string, leg: LegToken) => string,
    leg: LegKind,
  ): Promise<RedirectResult> {
    if (session.kind === "trial") return "no-carrier";
    if (isAgentHeld(session)) return "no-leg";
    const documentUrl = addressOf(served.deployment.ingressKey, { ...pinOf(session), leg, attempt: 1 });
    const connection = roleConnection(served, bundle, "telephony");
    await this.#host.run({ job: "redirect-call", connection, callId: session.callId, documentUrl });
    return "done";
  }
}

/** The sealed connection behind a role of the release. Throws `not_found` when the deployment has none. */
export function roleConnection(served: Served, bundle: ReleaseBundle, role: string): JobConnection {
  const connections: Readonly<Record<string, { readonly connectionId: string } | undefined>> = bundle.connections;
  const connectionId = connections[role]?.connectionId;
  const connection = connectionId === undefined ? undefined : served.deployment.connections[connectionId];
  if (connectionId === undefined || connection === undefined)
    throw new AppError("not_found", `no ${role} connection`, { details: { effect: "none" } });
  return { tenantId: served.deployment.tenantId, connectionId, served: connection };
}
