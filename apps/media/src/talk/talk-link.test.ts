import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf, deploymentOf, greenBundle, slotWith } from "../../test-support/fixtures.ts";
import { type Harness, PUBLIC_URL, startHarness, ticketKey } from "../../test-support/node-harness.ts";
import { readStreamTicket } from "../stream/stream-ticket.ts";

const talkKey = new Secret("talk-key-canary");
const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const blue = bundleOf("blue", { agent: { kind: "tandem", language: "en-US", endpointingMs: 400, audio: FORMAT } });
let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({ talkKey });
  const slots = { blue: slotWith(blue, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
  harness.feed.put(deploymentOf({ connections: harness.connections, slots }), blue, greenBundle);
});
afterEach(() => harness.stop());

const ticketFor = (claims: object, key = talkKey, afterMs = 1000) =>
  signTicket(key, "talk", { tenantId: "t1", deploymentId: "d1", slot: "blue", ...claims }, Date.now() + afterMs);
const ask = (token: string) =>
  fetch(`${harness.node.origin}/talk/link`, { method: "POST", headers: { authorization: `Bearer ${token}` } });

test("whoever bears the API's ticket gets one address of this node, also of a deployment that was just made", async () => {
  const reply = await ask(ticketFor({}));
  expect(reply.status).toBe(200);
  const { address, expiresAt } = (await reply.json()) as { address: string; expiresAt: string };
  const [page, ...rest] = address.split("#");
  expect(page).toBe(`${PUBLIC_URL}/talk`);
  const ticket = readStreamTicket(ticketKey, (rest[0] ?? "").split(".").slice(1).join("."), Date.now());
  expect(ticket).toMatchObject({ node: "node-1", pin: { slot: "blue", kind: "trial", isTalk: true, tenantId: "t1" } });
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000);
});

test("what nobody could talk to is named; to everybody without a good ticket there is nothing", async () => {
  await eventually(async () => expect((await ask(ticketFor({}))).status).toBe(200));
  const refusal = async (claims: object) => {
    const reply = await ask(ticketFor(claims));
    return [reply.status, await reply.json()];
  };
  expect(await refusal({ slot: "green" })).toEqual([409, { reason: "hosted" }]);
  expect(await refusal({ deploymentId: "d2" })).toEqual([409, { reason: "unknown" }]);
  expect(await refusal({ tenantId: "t2" })).toEqual([409, { reason: "unknown" }]);
  const operations = signTicket(
    talkKey,
    "operations",
    { tenantId: "t1", deploymentId: "d1", slot: "blue" },
    Date.now() + 1000,
  );
  for (const token of [
    "",
    "x.y",
    ticketFor({}, ticketKey),
    ticketFor({}, talkKey, -1),
    ticketFor({ slot: "red" }),
    operations,
  ])
    expect((await ask(token)).status).toBe(404);
  await harness.node.close();
  await harness.restart({ talkKey: null });
  expect((await ask(ticketFor({}))).status).toBe(404);
});
