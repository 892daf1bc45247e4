import type { CallerStep } from "@tandem/domain/manifest";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppProcess } from "./harness/app-process.ts";
import { sessionOf } from "./harness/carrier.ts";
import { FrontDoor } from "./harness/front-door.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { type OwnDatabase, ownDatabase } from "./harness/own-database.ts";
import { eventually } from "./harness/patience.ts";
import { agentWords, mishaps, publishShort, speakFast, talk } from "./harness/spoken.ts";

const OLD = { greeting: "How can I help you?", hears: "How can I help you" };
const NEW = { greeting: "What can I do for you?", hears: "What can I do for you" };
const ASKS: readonly CallerStep[] = [
  { do: "listen", withinMs: 20_000 },
  { do: "say", text: "I have a question about my last bill. It can wait." },
  { do: "listen", withinMs: 20_000 },
];
const GOES_ON: readonly CallerStep[] = [
  { do: "say", text: "This is Anna Example." },
  { do: "listen", withinMs: 20_000 },
  { do: "say", text: "The number I call from is fine." },
  { do: "listen", withinMs: 20_000 },
];

let database: OwnDatabase;
let installation: Installation;
let door: FrontDoor;
let office: Office;
let nodes: { readonly process: AppProcess; readonly port: number }[];

beforeAll(async () => {
  [database, door] = await Promise.all([ownDatabase(), FrontDoor.open()]);
  installation = await Installation.start({
    databases: database.databases,
    variables: { TANDEM_PUBLIC_URL: door.url },
  });
  await Promise.all([installation.running("media").stop(4000), speakFast(installation)]);
  nodes = [await startNode("one"), await startNode("two")];
  door.ports = nodes.map(({ port }) => port);
  await installation.worker();
  office = await Office.open(installation, { slug: "live", agentKind: "tandem" });
  await publishShort(office, { version: "8.1.0", ...OLD });
  await office.rollOut();
}, 300_000);
afterAll(async () => {
  await installation?.stop();
  door?.close();
  await database?.remove();
});

/** A media node with a folder and a stream address of its own. */
async function startNode(name: string) {
  const port = await installation.freePort();
  const process = installation.launch("media", {
    TANDEM_MEDIA_PORT: String(port),
    TANDEM_MEDIA_NODE: name,
    TANDEM_MEDIA_STREAM_URL: `http://127.0.0.1:${port}`,
    TANDEM_MEDIA_DATA_DIR: `${installation.folder}/media-${name}`,
  });
  await process.ready();
  return { process, port };
}

test("a caller talks on with the old release while calls are switched to the new one", async () => {
  await publishShort(office, { version: "8.2.0", ...NEW });
  const { id } = await office.roll({ promotion: "manual", bakeMs: 600_000 });
  await eventually(
    "the release waits to be promoted",
    async () => ((await office.rollout(id)).phase === "awaiting-promotion" ? true : undefined),
    180_000,
  );
  const anna = await talk(office, "+15550199101", [...ASKS, { do: "be-silent", forMs: 6000 }, ...GOES_ON]);
  await anna.after(3);
  await office.api.post(`/v1/rollouts/${id}/promote`, { reason: "test" });
  await office.reach(id, ["baking"]);
  const ben = await (await talk(office, "+15550199102", ASKS)).ended;
  const report = await anna.ended;
  expect([...mishaps(report), ...mishaps(ben)]).toEqual([]);
  expect(agentWords(ben)).toContain(NEW.hears);
  expect(agentWords(report)).toContain(OLD.hears);
  expect(agentWords(report)).not.toContain(NEW.hears);
  expect(report.turns.filter(({ by }) => by === "agent").length).toBeGreaterThanOrEqual(4);
  expect(await sessionOf(office, anna.callId)).toMatchObject({ slot: "blue", generation: 1, kind: "live" });
  expect(await sessionOf(office, ben.callId)).toMatchObject({ slot: "green", generation: 2, kind: "live" });
}, 300_000);

test("a node that is killed in mid-call gives its caller to the other one within five seconds; calls there notice nothing", async () => {
  const [one, two] = nodes;
  if (one === undefined || two === undefined) throw new Error("two nodes");
  door.ports = [one.port, two.port];
  const startedMs = performance.now();
  const cut = await talk(office, "+15550199103", [
    ...ASKS,
    { do: "hear", anyOf: ["am the automated assistant", "connecting you"], withinMs: 15_000 },
  ]);
  await cut.after(1);
  door.ports = [two.port, one.port];
  const spared = await talk(office, "+15550199104", [...ASKS, ...GOES_ON]);
  await Promise.all([cut.after(3), spared.after(3)]);
  expect((await sessionOf(office, cut.callId)).endedAt).toBeNull();
  await one.process.kill();
  const killedMs = performance.now() - startedMs;
  const [taken, whole] = await Promise.all([cut.ended, spared.ended]);
  expect(mishaps(taken)).toEqual([]);
  const after = taken.heard.find(({ startMs }) => startMs > killedMs);
  expect((after?.startMs ?? Number.POSITIVE_INFINITY) - killedMs).toBeLessThan(5000);
  expect(mishaps(whole)).toEqual([]);
  expect(whole.turns.filter(({ by }) => by === "agent").length).toBeGreaterThanOrEqual(4);
  expect(whole.damagedWords).toBeLessThanOrEqual(2);
  expect(await sessionOf(office, cut.callId)).toMatchObject({ slot: "green", generation: 2 });
}, 180_000);

test("a call that is held while the database is away loses no event", async () => {
  door.ports = nodes.map(({ port }) => port).toReversed();
  await database.stop();
  const report = await (await talk(office, "+15550199105", [...ASKS, ...GOES_ON])).ended;
  expect(mishaps(report)).toEqual([]);
  await database.start();
  await eventually(
    "the call is delivered whole",
    async () => ((await sessionOf(office, report.callId)).endedAt === null ? undefined : true),
    60_000,
  );
  const events = await installation.rows<{ type: string; payload: { turn?: number } }>(
    "SELECT e.type, e.payload FROM session_event e JOIN session s ON s.id = e.session_id WHERE s.call_id = $1 ORDER BY e.seq",
    [report.callId],
  );
  const types = events.map(({ type }) => type);
  for (const once of ["call-answered", "call-decided", "stream-started", "stream-ended", "call-metrics", "call-ended"])
    expect(
      types.filter((type) => type === once),
      once,
    ).toHaveLength(1);
  const turns = events.flatMap(({ type, payload }) => (type === "turn-ended" ? [payload.turn] : []));
  expect(turns).toEqual(turns.map((_, index) => index));
  expect(turns.length).toBeGreaterThanOrEqual(4);
}, 180_000);
