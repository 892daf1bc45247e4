import { randomBytes } from "node:crypto";
import { carriers } from "@tandem/catalog/inbound";
import { Secret } from "@tandem/kernel";
import { eventually } from "./patience.ts";
import type { Office } from "./office.ts";

/** A call as the emulated carrier knows it. */
export interface PlacedCall {
  readonly callSid: string;
  readonly status: string;
  readonly connected: { readonly to: string; readonly agentCallId?: string; readonly agentId?: string };
}

/** A session as the API tells it. */
export interface SessionRow {
  readonly id: string;
  readonly callId: string;
  readonly slot: string;
  readonly generation: number;
  readonly kind: string;
  readonly endedAt: string | null;
  readonly disposition: string | null;
}

/** Somebody dials the office's number at the emulated carrier. */
export const dial = (
  office: Office,
  from = `+1555019${String(Math.floor(Math.random() * 9000) + 1000)}`,
): Promise<PlacedCall> =>
  office.installation.sandbox.act<PlacedCall & { [name: string]: never }>("twilio", "placeCall", {
    to: office.number,
    from,
  });

export const describeCall = (office: Office, callSid: string): Promise<PlacedCall> =>
  office.installation.sandbox.act<PlacedCall & { [name: string]: never }>("twilio", "describeCall", { callSid });

export const hangUp = (office: Office, callSid: string): Promise<unknown> =>
  office.installation.sandbox.act("twilio", "endCall", { callSid });

/** The session row of a call; rows come through the node's spool. */
export const sessionOf = (office: Office, callId: string, withinMs = 10_000): Promise<SessionRow> =>
  eventually(
    `session of call ${callId}`,
    async () => {
      const { items } = await office.api.get(`/v1/deployments/${office.deploymentId}/sessions?kind=live&limit=200`); // checks during bake are trial calls, one a second
      return (items as SessionRow[]).find((item) => item.callId === callId);
    },
    withinMs,
  );

/** A carrier of our own in front of a media node: signs as the emulated one does, and works while that is away. */
export async function ring(
  office: Office,
  mediaOrigin: string,
  event: "ringing" | "completed" = "ringing",
  callId = `CA${randomBytes(16).toString("hex")}`,
) {
  const { ingressUrl } = await office.detail();
  const path = new URL(ingressUrl).pathname + (event === "completed" ? "/status" : "");
  return ringAt(office, { publicUrl: new URL(ingressUrl).origin + path, url: mediaOrigin + path }, event, callId);
}

/** The same with the address known, while the API is away. `publicUrl` is what is signed. */
export async function ringAt(
  office: Office,
  target: { readonly publicUrl: string; readonly url: string },
  event: "ringing" | "completed",
  callId = `CA${randomBytes(16).toString("hex")}`,
) {
  const carrier = carriers.get("twilio");
  if (carrier === undefined) throw new Error("no carrier");
  const parties = { from: "+15550190000", to: office.number };
  const signed = carrier.sign(
    { url: target.publicUrl, callId, ...parties, event },
    { authToken: new Secret(office.secrets.authToken) },
  );
  const startedMs = performance.now();
  const response = await fetch(target.url, { method: "POST", ...signed, signal: AbortSignal.timeout(10_000) });
  return { callId, status: response.status, document: await response.text(), tookMs: performance.now() - startedMs };
}
