import { agentSocketSecret } from "@tandem/domain/tenant";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../test-support/eventually.ts";
import { INGRESS_KEY, openSpokenOffice, serveHosted, type SpokenOffice } from "../../test-support/spoken-office.ts";

let office: SpokenOffice;
const secret = agentSocketSecret(INGRESS_KEY);
const addressOf = (callId: string) =>
  `${office.publicUrl.replace("http", "ws")}/agent/${INGRESS_KEY}/llm/${secret}/${callId}`;

beforeEach(async () => {
  office = await openSpokenOffice();
  await serveHosted(office, addressOf("").replace(/\/$/, ""));
});
afterEach(() => office.stop());

/** Status of the handshake (101 when it opened) and, once it is over, the close code. */
function dial(callId: string) {
  const socket = new WebSocket(addressOf(callId));
  socket.on("error", () => {});
  const status = new Promise<number>((resolve) => {
    socket.once("open", () => resolve(101));
    socket.once("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  return { socket, status, closed };
}

test("more frames than a conversation has end its socket, whatever they hold", async () => {
  const flood = dial("call_flood");
  expect(await flood.status).toBe(101);
  for (let frame = 0; frame < 600; frame += 1) flood.socket.send('{"interaction_type":"some_new_kind"}');
  expect(await flood.closed).toBe(4429);
});

test("an address may hold some sockets whose call has not begun, and no more; room comes back", async () => {
  const held = Array.from({ length: 256 }, (_, nth) => dial(`call_${nth}`));
  expect(new Set(await Promise.all(held.map(({ status }) => status)))).toEqual(new Set([101]));
  expect(await dial("call_beyond").status).toBe(429);
  for (const { socket } of held) socket.terminate();
  await eventually(async () => expect(await dial("call_later").status).toBe(101));
});

test("a call whose details came holds no room, and is heard out beside strangers", async () => {
  const placed = await office.sandbox.control.act("twilio", "placeCall", {
    from: "+15550006009",
    to: office.bundle.deployment.number ?? "",
  });
  const callId = (placed as unknown as { connected: { agentCallId: string } }).connected.agentCallId;
  const strangers = Array.from({ length: 200 }, (_, nth) => dial(`call_${nth}`));
  await Promise.all(strangers.map(({ status }) => status));
  for (const { socket } of strangers) socket.send("[".repeat(60_000));
  const talk = (await office.sandbox.control.act("retell", "converse", {
    callId,
    say: ["My name is Ada Lovelace."],
  })) as unknown as { turns: { content: string }[] };
  expect(talk.turns[0]?.content).not.toBe("");
  expect(new Set(await Promise.all(strangers.map(({ closed }) => closed)))).toEqual(new Set([4400]));
}, 60_000);
