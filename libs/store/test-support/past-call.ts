// Calls as a media node's spool delivers them.
import { randomUUID } from "node:crypto";
import type { Json } from "@tandem/kernel";
import type { SessionEventRow, SessionRow } from "@tandem/ports/store/pointer-feed";
import type { Served } from "./world.ts";

/** A call that began at `startedAtMs` (epoch milliseconds) and lasted a minute, with the events given as `[type, payload]`. */
export function pastCall(
  { actor, deployment }: Served,
  over: Partial<SessionRow> & { readonly startedAtMs: number },
  events: readonly (readonly [string, { readonly [name: string]: Json }])[] = [],
): { readonly sessions: SessionRow[]; readonly events: SessionEventRow[] } {
  const { startedAtMs, ...given } = over;
  const sessionId = given.sessionId ?? randomUUID();
  const identity = { tenantId: actor.tenantId, deploymentId: deployment.id, sessionId };
  const session: SessionRow = {
    ...identity,
    callId: `CA${sessionId.slice(0, 8)}`,
    slot: "blue",
    bundleHash: "b",
    generation: 1,
    kind: "live",
    node: "n",
    from: null,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(startedAtMs + 60_000).toISOString(),
    disposition: "handled",
    ...given,
  };
  const rows = events.map(([type, payload], index) => ({
    ...identity,
    seq: index + 1,
    at: new Date(startedAtMs + index * 1000).toISOString(),
    type,
    payload,
  }));
  return { sessions: [session], events: rows };
}

/** A measured turn whose response took `totalMs`. */
export const turnOf = (turn: number, totalMs: number): readonly [string, { readonly [name: string]: Json }] => [
  "turn-ended",
  {
    turn,
    callerText: "my name is [name]",
    agentText: "hello",
    source: "measured",
    latency: { transcribeMs: totalMs / 2, modelMs: totalMs / 2, totalMs },
    wasSpeculative: true,
    tokens: { input: 10, output: 1 },
    providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
    spokenCharacters: 5,
  },
];
