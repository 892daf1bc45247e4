import { createHmac } from "node:crypto";
import { base32hex, canonicalJson, type JsonObject, type Secret } from "@tandem/kernel";
import type { LiveSession } from "../session/live-session.ts";

/** Last write of a group of operations on a call, and how many different ones there were. */
export interface LastWrite {
  readonly request: string;
  readonly count: number;
}

/**
 * Call-scoped idempotency key (26 characters of base32hex). Asked again with the same words right away, a write is the same write;
 * after another write of its group (book, cancel, book again) it is a new one. A vendor's own invocation id decides when there is one.
 */
export function toolKey(
  secret: Secret,
  session: LiveSession,
  request: {
    readonly tool: string;
    readonly group: string;
    readonly arguments: JsonObject;
    readonly invocationId: string | null;
  },
): string {
  const words = canonicalJson([request.tool, request.arguments]);
  const identity = request.invocationId ?? `${countedWrite(session, request.group, words)}\n${words}`;
  return keyOf(secret, session.sessionId, identity);
}

/** The key of the one deal of a call. */
export const dealKey = (secret: Secret, session: LiveSession): string => keyOf(secret, session.sessionId, "deal");

const keyOf = (secret: Secret, sessionId: string, identity: string): string =>
  base32hex(createHmac("sha256", `tool\n${secret.reveal()}`).update(`${sessionId}\n${identity}`).digest()).slice(0, 26);

function countedWrite(session: LiveSession, group: string, words: string): number {
  const last = session.lastWrites[group];
  if (last?.request === words) return last.count;
  const next = { request: words, count: (last?.count ?? -1) + 1 };
  session.lastWrites = { ...session.lastWrites, [group]: next };
  return next.count;
}
