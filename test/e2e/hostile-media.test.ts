import { readFileSync } from "node:fs";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { CallerStep } from "@tandem/domain/manifest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { operatorViews } from "./harness/canary.ts";
import { dial, hangUp, sessionOf } from "./harness/carrier.ts";
import { goLive } from "./harness/go-live.ts";
import { besiege, HostilePeer } from "./harness/hostile-peer.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { mishaps, speakFast, talk } from "./harness/spoken.ts";

const MEBIBYTE = 1024 * 1024;
/** Strangers side by side, on a machine that they share with the node, the caller and the providers. */
const STRANGERS = 4;
const HALF_OPEN = 1500;

let database: FreshDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database, variables: { TANDEM_SMOKE_CALLS: "2" } });
  await speakFast(installation);
  await installation.worker();
  office = await Office.open(installation, { slug: "besieged", agentKind: "tandem" });
  await goLive(office);
}, 600_000);
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

/** Memory of the media process, bytes. */
function memoryBytes(): number {
  const status = readFileSync(`/proc/${installation.running("media").child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

const conversation: readonly CallerStep[] = [
  { do: "hear", anyOf: ["How can I help you"], withinMs: 40_000 },
  { do: "say", text: "I have a question about my last bill. It can wait." },
  { do: "listen", withinMs: 30_000 },
  { do: "say", text: "My name is Ada Byron." },
  { do: "listen", withinMs: 30_000 },
  { do: "say", text: "Please call me on +15550100198." },
  // Read back: the number made its way in as sound and out again.
  { do: "hear", anyOf: ["555 010 0198", "+15550100198"], withinMs: 30_000 },
  { do: "listen", withinMs: 30_000 },
  { do: "hang-up" },
];

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into details of any shape
async function keptOf(callId: string): Promise<any> {
  await eventually("the call is over", async () =>
    (await sessionOf(office, callId)).endedAt === null ? undefined : true,
  );
  const { id } = await sessionOf(office, callId);
  return eventually("its figures are kept", async () => {
    const call = await office.api.get(`/v1/sessions/${id}`);
    return call.metrics === null ? undefined : call;
  });
}

test("an honest call beside floods of every kind is heard and answered in time, without a lost frame; the node lives and stays small", async () => {
  const { ingressUrl } = await office.detail();
  const ingressKey = new URL(ingressUrl).pathname.split("/")[2] ?? "";
  const origin = `http://127.0.0.1:${installation.ports.media}`;
  const calm = await (await talk(office, "+15550007001", conversation)).ended;
  expect(mishaps(calm)).toEqual([]);
  const beforeBytes = memoryBytes();

  const honest = await talk(office, "+15550007002", conversation);
  await honest.after(1);
  const target = { origin, ingressKey, agentSecret: agentSocketSecret(ingressKey) };
  const siege = besiege({ target, atATime: STRANGERS, halfOpen: HALF_OPEN });
  // Who calls in the middle of it is answered: by the agent, or by a person where the node has no room left.
  const late = await dial(office, "+15550007003");
  expect(late.connected.to).toMatch(/^(stream|person)$/);
  await hangUp(office, late.callSid);
  const report = await honest.ended;
  const strangers = await siege.stop();

  const { metrics, turns, events } = await keptOf(honest.callId);
  const story = JSON.stringify({ heard: report.turns, turns, events }, null, 1) + installation.running("media").log;
  expect(mishaps(report), story).toEqual([]);
  expect(report.latenciesMs.length).toBeGreaterThanOrEqual(3);
  expect(Math.max(...report.latenciesMs)).toBeLessThan(Math.max(4000, 3 * Math.max(...calm.latenciesMs)));
  expect(metrics).toMatchObject({ lossRatio: 0 });
  expect(turns.length).toBeGreaterThanOrEqual(3);
  expect(strangers.tried.size).toBeGreaterThanOrEqual(20);
  expect([...strangers.tried.values()].reduce((sum, each) => sum + each, 0)).toBeGreaterThan(300);
  // Each kind of refusal came back; whoever goes on is turned away unread (429), or cut off in the middle of a body (413).
  expect([...strangers.answers.keys()]).toEqual(expect.arrayContaining([403, 404, 405, 1003, 1009, 4400, 4401, 4429]));
  expect(memoryBytes() - beforeBytes).toBeLessThan(256 * MEBIBYTE);
  expect(installation.running("media").hasEnded).toBe(false);
  expect((await fetch(`${origin}/ready`)).status).toBe(200);
  const [told] = await operatorViews(installation);
  expect(told?.text).toMatch(/streams_refused\w*\{[^}]*reason="refused"[^}]*\} [1-9]/);
  expect(told?.text).toMatch(/agent_sockets_closed\w*\{[^}]*reason="flooding"[^}]*\} [1-9]/);
}, 240_000);

test("handshakes that never end are ended by the node", async () => {
  const slow = new HostilePeer({
    origin: `http://127.0.0.1:${installation.ports.media}`,
    ingressKey: "a".repeat(26),
    agentSecret: "b".repeat(26),
  });
  slow.holdHalfOpen(200);
  await eventually("they are open", async () => (slow.halfOpen === 200 ? true : undefined));
  await eventually("they are gone", async () => (slow.halfOpen === 0 ? true : undefined), 60_000);
  slow.stop();
}, 90_000);
