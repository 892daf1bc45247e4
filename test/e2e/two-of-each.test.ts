import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { type BadWire, openBadWire } from "./harness/bad-wire.ts";
import { ring, sessionOf } from "./harness/carrier.ts";
import { readStream, type StreamedEvent } from "./harness/event-stream.ts";
import { Installation } from "./harness/installation.ts";
import { markOf, type Observation, observe } from "./harness/observation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { TandemApi } from "./harness/tandem-api.ts";

let database: FreshDatabase;
let installation: Installation;
let secondApi: TandemApi;
let mediaOrigins: readonly string[];
/** Between the second media node and the database. */
let wire: BadWire;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  const [apiPort, mediaPort] = [String(await installation.freePort()), String(await installation.freePort())];
  wire = await openBadWire(Number(new URL(database.mediaUrl).port));
  const folder = join(installation.folder, "second-media");
  const started = [
    installation.launch("api", { PORT: apiPort }).ready(),
    installation
      .launch("media", {
        TANDEM_MEDIA_PORT: mediaPort,
        TANDEM_MEDIA_DATA_DIR: folder,
        TANDEM_MEDIA_NODE: "second",
        DATABASE_URL: wire.through(database.mediaUrl),
      })
      .ready(),
    installation.worker().then(() => installation.worker()),
  ];
  await Promise.all(started);
  secondApi = new TandemApi(`http://127.0.0.1:${apiPort}`, installation.platform.key);
  mediaOrigins = [`http://127.0.0.1:${installation.ports.media}`, `http://127.0.0.1:${mediaPort}`];
});
afterAll(async () => {
  await installation?.stop();
  await wire?.close();
  await database?.drop();
});

test("six rollouts at once on two workers: each ends as if it were alone, and both media nodes see each pointer", async () => {
  const offices = await Promise.all(Array.from({ length: 6 }, () => Office.open(installation)));
  const observed: Observation[] = await Promise.all(
    offices.map(async (office, nth) => {
      const mark = await markOf(office);
      const api = nth % 2 === 0 ? office.api : secondApi.as(office.api.key);
      const { id } = await api.post("/v1/rollouts", {
        deploymentId: office.deploymentId,
        manifestVersion: "after-hours-answering",
        policy: { bakeMs: 250 },
      });
      await office.reach(id, ["succeeded"], 90_000);
      return observe(office, id, mark);
    }),
  );
  expect(observed[0]?.effects.length).toBe(8);
  for (const each of observed) expect(each).toEqual(observed[0]);
  for (const office of offices.slice(0, 2)) {
    for (const origin of mediaOrigins) {
      const call = await ring(office, origin);
      expect([call.status, call.document]).toEqual([200, expect.stringMatching(/sips?:/)]);
      expect(await sessionOf(office, call.callId)).toMatchObject({ slot: "blue", generation: 1 });
    }
  }
});

test("a second rollout beside a live one is refused on either API; a move of the pointer reaches both nodes within two seconds", async () => {
  const office = await Office.open(installation);
  await office.rollOut();
  await office.set({ voice: "11labs-Myra" });
  const { id } = await office.roll({ bakeMs: 600_000 });
  const other = await secondApi
    .as(office.api.key)
    .ask("POST", "/v1/rollouts", { deploymentId: office.deploymentId, manifestVersion: "after-hours-answering" });
  expect([other.status, other.body.code]).toEqual([409, "rollout_live"]);
  await office.reach(id, ["baking"]);
  for (const [generation, slot, move] of [
    [2, "green", undefined],
    [3, "blue", "rollback"],
  ] as const) {
    if (move !== undefined) await secondApi.as(office.api.key).post(`/v1/deployments/${office.deploymentId}/${move}`);
    for (const origin of mediaOrigins) {
      const seen = await eventually(
        `${origin} answers on ${slot}`,
        async () => {
          const call = await ring(office, origin);
          const session = await sessionOf(office, call.callId);
          return session.slot === slot ? session : undefined;
        },
        2000,
      );
      expect(seen.generation).toBe(generation);
    }
  }
});

/** An office whose second release is live and watched for long, with that rollout. */
async function baking(): Promise<{ readonly office: Office; readonly id: string }> {
  const office = await Office.open(installation);
  await office.rollOut();
  await office.set({ voice: "11labs-Myra" });
  const { id } = await office.roll({ bakeMs: 600_000 });
  await office.reach(id, ["baking"]);
  return { office, id };
}

test("what a node that is cut off may still use stays until it answers again", async () => {
  const { office, id } = await baking();
  wire.state = "half-open";
  await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`);
  const waiting = await eventually("cleaning waits for the node", async () => {
    const rollout = await office.api.get(`/v1/rollouts/${id}`);
    return rollout.reason?.code === "node-behind" ? rollout : undefined;
  });
  expect(waiting.reason.detail).toMatch(/^second, last heard of at 20/);
  const [, second = ""] = mediaOrigins;
  const call = await ring(office, second);
  expect(call.document, "the node answers on with what it knows").toMatch(/sips?:/);
  wire.state = "good";
  expect(await sessionOf(office, call.callId)).toMatchObject({ slot: "green", generation: 2, endedAt: null });
  await office.reach(id, ["rolled-back"]);
});

test("a node that was killed and comes no more is waited for until it is forgotten", async () => {
  const { office, id } = await baking();
  await installation.processes.findLast(({ app }) => app === "media")?.kill();
  await office.api.post(`/v1/deployments/${office.deploymentId}/rollback`);
  const { items } = await installation.platform.get("/v1/media-nodes");
  const node = items.find(({ name }: { name: string }) => name === "second").id as string;
  const forget = () =>
    installation.platform.ask("POST", `/v1/media-nodes/${node}/forget`, { reason: "killed by a test" });
  const early = await forget();
  expect([early.status, early.body.code], "it may be there again").toEqual([409, "conflict"]);
  await eventually("it is silent for long enough", async () => ((await forget()).status === 204 ? true : undefined));
  await office.reach(id, ["rolled-back"]);
});

test("a stream that is cut again and again, and whose API dies, loses no event and doubles none", async () => {
  const office = await Office.open(installation);
  const { id } = await office.roll({ bakeMs: 1500 });
  const [first, second] = [office.api, secondApi.as(office.api.key)];
  const seen: StreamedEvent[] = [];
  const last = () => seen.at(-1)?.seq ?? -1;
  for (let connection = 0; connection < 4; connection++)
    seen.push(...(await readStream(connection % 2 === 0 ? first : second, id, last(), 3)).events);
  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, nth) => nth + (seen[0]?.seq ?? 0)));
  const orphaned = readStream(first, id, last());
  await installation.processes.find(({ app }) => app === "api")?.kill();
  seen.push(...(await orphaned).events);
  let hasEnded = false;
  while (!hasEnded) {
    const more = await readStream(second, id, last());
    seen.push(...more.events);
    hasEnded = more.hasEnded;
  }
  const { items } = (await second.get(`/v1/rollouts/${id}/events`)) as { items: StreamedEvent[] };
  expect(seen).toEqual(items);
  expect(items.at(-1)).toMatchObject({ phase: "succeeded" });
  expect(new Set(items.map(({ seq }) => seq)).size).toBe(items.length);
});
