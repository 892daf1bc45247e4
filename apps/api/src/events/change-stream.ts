import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeHint } from "@tandem/contracts";
import type { ChangeHub } from "./change-hub.ts";

/** What telling somebody of changes needs. */
export interface Telling {
  readonly hub: ChangeHub;
  /** The id of the last event that the client has. */
  readonly lastEventId: string | undefined;
  /** Id → slug of the tenants that the client may see now; throws when it may see nothing any more. Asked before every batch. */
  readonly authorize: () => Promise<ReadonlyMap<string, string>>;
}

const LOOK_MS = 5_000;
const HEARTBEAT_MS = 15_000;
/** Changes that come together travel together. */
const GATHER_MS = 100;

/** Writes changes as Server-Sent Events until the client leaves or may not see them any more; `reset`: everything may have changed. */
export async function tellChanges(telling: Telling, response: ServerResponse): Promise<void> {
  const { hub } = telling;
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  await send(response, `retry: 1000\n\n${telling.lastEventId === undefined ? startAt(hub) : ""}`);
  let place = telling.lastEventId === undefined ? hub.last : (hub.placeOf(telling.lastEventId) ?? -1);
  let spokeAtMs = performance.now();
  while (!gone.signal.aborted) {
    const tenants = await telling.authorize();
    const fresh = framesAfter(hub, place, tenants);
    place = fresh.place;
    if (fresh.text !== "") await send(response, fresh.text);
    else if (performance.now() - spokeAtMs > HEARTBEAT_MS) await send(response, ": alive\n\n");
    if (fresh.text !== "" || performance.now() - spokeAtMs > HEARTBEAT_MS) spokeAtMs = performance.now();
    await hub.changed(place, LOOK_MS, gone.signal);
    await sleep(GATHER_MS, undefined, { signal: gone.signal }).catch(() => {});
  }
}

/** An event without words: the client learns where it is. */
const startAt = (hub: ChangeHub): string => `id: ${hub.idOf(hub.last)}\nevent: start\ndata: {}\n\n`;

/** What is new for this client, and how far it has now seen. The id of the last event covers what was not for it. */
function framesAfter(
  hub: ChangeHub,
  place: number,
  tenants: ReadonlyMap<string, string>,
): { readonly text: string; readonly place: number } {
  const last = hub.last;
  const changes = hub.after(place);
  if (changes === null) return { text: `id: ${hub.idOf(last)}\nevent: reset\ndata: {}\n\n`, place: last };
  const told = new Set<string>();
  let text = "";
  for (const { seq, change } of changes) {
    const { tenantId, ...rest } = change;
    const tenant = tenants.get(tenantId);
    if (tenant === undefined) continue;
    const data = JSON.stringify({ tenant, ...rest } satisfies ChangeHint);
    if (told.has(data)) continue;
    told.add(data);
    text += `id: ${hub.idOf(seq)}\nevent: hint\ndata: ${data}\n\n`;
  }
  return { text, place: last };
}

/** Waits for a client that reads slowly, so that nothing piles up here. */
async function send(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await Promise.race([once(response, "drain"), once(response, "close")]);
}
