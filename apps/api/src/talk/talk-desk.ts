import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import type { Slot } from "@tandem/domain/slot";
import { AppError } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import { z } from "zod";
import { CONFIG } from "../tokens.ts";

const WITHIN_MS = 5000;
const TICKET_LIFE_MS = 15_000;

const Made = z.object({ address: z.url(), expiresAt: z.iso.datetime() });
const Refused = z.object({ reason: z.enum(["unknown", "empty", "hosted"]) });

const REFUSALS = {
  unknown: (slot: Slot) => `The media node does not serve the deployment yet, so that nobody answers in slot ${slot}`,
  empty: (slot: Slot) => `Slot ${slot} holds no release to talk to`,
  hosted: (slot: Slot) =>
    `The agent of slot ${slot} is hosted by its vendor and hears telephone calls only: have the scripted caller ring it, or dial the number`,
} as const;

/** Whom a talk is with. */
export interface TalkWish {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly slot: Slot;
}

/** Asks a media node for addresses at which one may talk to a slot. The node signs them; the API cannot. */
@Injectable()
export class TalkDesk {
  constructor(@Inject(CONFIG) private readonly config: ApiConfig) {}

  /** Throws `conflict` where nobody could be talked to, `media_unavailable` where no node answers or none may be asked. */
  async addressFor(wish: TalkWish): Promise<z.infer<typeof Made>> {
    const { talkKey, mediaUrl, publicUrl } = this.config;
    if (talkKey === null)
      throw new AppError("media_unavailable", "Addresses to talk at are not set up here: TANDEM_TALK_KEY is empty");
    const { tenantId, deploymentId, slot } = wish;
    const ticket = signTicket(talkKey, "talk", { tenantId, deploymentId, slot }, Date.now() + TICKET_LIFE_MS);
    const answer = await ask(`${mediaUrl ?? publicUrl}/talk/link`, ticket);
    const refused = Refused.safeParse(answer.body);
    if (answer.status === 409 && refused.success) throw new AppError("conflict", REFUSALS[refused.data.reason](slot));
    const made = Made.safeParse(answer.body);
    if (answer.status === 200 && made.success) return made.data;
    throw new AppError(
      "media_unavailable",
      `The media node answered ${answer.status} when it was asked for an address`,
    );
  }
}

async function ask(url: string, ticket: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { authorization: `Bearer ${ticket}` };
  try {
    const response = await fetch(url, { method: "POST", headers, signal: AbortSignal.timeout(WITHIN_MS) });
    return { status: response.status, body: jsonOf(await response.text()) };
  } catch (cause) {
    throw new AppError("media_unavailable", `No media node answers at ${new URL(url).origin}`, {
      cause,
      retryable: true,
    });
  }
}

/** Null for what is no JSON: something else than a media node has answered. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
