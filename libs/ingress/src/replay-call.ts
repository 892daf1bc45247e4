import { randomUUID } from "node:crypto";
import type { ReplayRun } from "@tandem/domain/replay";
import type { Slot } from "@tandem/domain/slot";
import { AppError, isJsonObject, sha256Hex } from "@tandem/kernel";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import { signTicket } from "@tandem/secrets";
import { boundedFetch } from "./bounded-fetch.ts";
import { type IngressProbeOptions, jsonOf, type Subject } from "./trial-signer.ts";

const TICKET_MS = 60_000;
/** A long call with slow models; the service gives up a turn after half a minute. */
const REPLAY_DEADLINE_MS = 90_000;
/** What the service reads of a body, most. */
const MOST_BYTES = 60 * 1024;
/** As many replays as the service holds at once are under way: it is asked again. */
const BUSY = 429;
const ASK_AGAIN_MS = 500;

/** Has a past call again at the media service, with a ticket that names the slot and the words. */
export async function replayCall(
  options: IngressProbeOptions,
  subject: Subject & { readonly slot: Slot },
  talk: ReplayTalk,
  signal: AbortSignal,
): Promise<ReplayRun> {
  const { clock, store } = options;
  const view = await store.view(subject.tenantId, subject.deploymentId);
  if (view === null) throw new AppError("not_found", `There is no deployment ${subject.deploymentId}`);
  const body = JSON.stringify(talk);
  if (Buffer.byteLength(body) > MOST_BYTES) throw new Error("the past call is too long to be replayed");
  const url = `${options.publicUrl}/trial/${view.deployment.ingressKey}/replay`;
  const until = clock.monotonicMs() + REPLAY_DEADLINE_MS;
  for (;;) {
    const headers = { authorization: `Bearer ${ticketOf(options, subject, body)}`, "content-type": "application/json" };
    const answered = await boundedFetch(url, { method: "POST", body, headers, signal }, REPLAY_DEADLINE_MS);
    const run = jsonOf(answered.body);
    if (answered.status === 200 && isJsonObject(run)) return run as unknown as ReplayRun;
    if (answered.status !== BUSY || clock.monotonicMs() >= until)
      throw new Error(`the media service answered a replay with status ${answered.status}`);
    await clock.sleep(ASK_AGAIN_MS, signal);
  }
}

/** Good once, for these words. */
function ticketOf(
  { clock, ticketKey }: IngressProbeOptions,
  { tenantId, deploymentId, slot }: Subject & { readonly slot: Slot },
  body: string,
): string {
  const claims = { tenantId, deploymentId, slot, bodyHash: sha256Hex(body), id: randomUUID(), issuedAtMs: clock.now() };
  return signTicket(ticketKey, "trial", claims, clock.now() + TICKET_MS);
}
