import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, deploymentOf, greenBundle, MemoryFeed, pointerAt, slotWith } from "../../test-support/fixtures.ts";
import { LastKnownGood } from "./last-known-good.ts";
import { writeOrder } from "./operator-file.ts";
import { PointerWatch } from "./pointer-watch.ts";
import { ServedDeployments } from "./served-deployments.ts";

const log = makeLogger({ app: "media", level: "silent", isPretty: false });
const key = new Secret("ticket-key");
let dataDir: string;
let feed: MemoryFeed;
let served: ServedDeployments;
let watch: PointerWatch;
/** The tables have every call that was answered. */
let isDelivered: boolean;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tandem-pointer-"));
  feed = new MemoryFeed();
  isDelivered = true;
  feed.put(deploymentOf(), blueBundle, greenBundle);
  ({ served, watch } = makeNode());
});

afterEach(async () => {
  await watch.stop();
  await rm(dataDir, { recursive: true });
});

function makeNode() {
  const deployments = new ServedDeployments();
  const options = {
    feed,
    node: { id: "node-1", name: "node", region: "local" },
    delivered: async () => isDelivered,
    served: deployments,
    dataDir,
    ticketKey: key,
    pollMs: 20,
    log,
    forgetAfterMs: 50,
  };
  return { served: deployments, watch: new PointerWatch(options) };
}

const active = () => served.get("d1")?.pointer.active;

test("a notification moves the pointer at once, a lost one heals with the poll", async () => {
  await watch.start();
  expect(active()).toBe("blue");
  feed.put(deploymentOf({ pointer: pointerAt(2, "green") }));
  feed.onMove?.("d1");
  await eventually(() => expect(active()).toBe("green"));
  feed.put(deploymentOf({ pointer: pointerAt(3, "blue") }));
  await eventually(() => expect(active()).toBe("blue"));
});

test("a move whose notice tells all is taken without reading, from exactly the state it left and no other", async () => {
  await watch.start();
  const reads = feed.reads;
  const { salt: _salt, ...pointer } = pointerAt(2, "green");
  feed.onMove?.("d1", { from: "1.1.1.0", to: "2.2.1.0", pointer });
  expect(served.get("d1")?.pointer).toEqual(pointerAt(2, "green"));
  expect(served.get("d1")?.deployment.mark).toBe("2.2.1.0");
  expect(feed.reads).toBe(reads);
  feed.put(deploymentOf({ pointer: pointerAt(4, "blue"), mark: "4.4.1.0" }));
  feed.onMove?.("d1", { from: "3.3.1.0", to: "4.4.1.0", pointer: { ...pointer, active: "none", generation: 4 } });
  expect(active()).toBe("green");
  await eventually(() => expect(served.get("d1")?.pointer).toEqual(pointerAt(4, "blue")));
});

test("a move beside a read waits for the read, whose older answer would come after it", async () => {
  await watch.start();
  const reading = watch.reload("d1");
  const { salt: _salt, ...pointer } = pointerAt(2, "green");
  feed.onMove?.("d1", { from: "1.1.1.0", to: "2.2.1.0", pointer });
  expect(active()).toBe("blue");
  feed.put(deploymentOf({ pointer: pointerAt(2, "green"), mark: "2.2.1.0" }));
  await reading;
  expect(served.get("d1")).toMatchObject({ pointer: pointerAt(2, "green"), alarm: null });
});

test("nothing is read when no mark moved", async () => {
  await watch.start();
  const reads = feed.reads;
  await eventually(() => expect(watch.state.polls).toBeGreaterThan(3));
  expect(feed.reads).toBe(reads);
});

test("a lower generation is refused with an alarm until an operator confirms the lineage", async () => {
  await watch.start();
  feed.put(deploymentOf({ pointer: pointerAt(7, "green") }));
  await eventually(() => expect(active()).toBe("green"));
  feed.put(deploymentOf({ pointer: pointerAt(6, "blue") }));
  await eventually(() => expect(served.get("d1")?.alarm?.kind).toBe("lower-generation"));
  expect(active()).toBe("green");
  await writeOrder(dataDir, key, "d1", { order: "accept-lineage", madeAtMs: Date.now() });
  await eventually(() => expect(active()).toBe("blue"));
  expect(served.get("d1")?.alarm).toBeNull();
});

test("a database that is away changes nothing, and what it no longer lists is served on, visibly, for a while", async () => {
  await watch.start();
  feed.isAway = true;
  await eventually(() => expect(watch.state.failedPolls).toBeGreaterThan(1));
  expect(active()).toBe("blue");
  feed.isAway = false;
  feed.deployments.clear();
  await eventually(() => expect(served.get("d1")?.alarm?.kind).toBe("gone"));
  expect(active()).toBe("blue");
  await eventually(() => expect(served.get("d1")).toBeUndefined());
});

test("what is on disk serves after a restart without a database", async () => {
  const disk = new LastKnownGood(dataDir, key, log);
  await disk.load();
  served.onChange = (each) => disk.save(each);
  await watch.start();
  feed.put(deploymentOf({ pointer: pointerAt(5, "green") }));
  await eventually(() => expect(active()).toBe("green"));
  await disk.flush();
  const [restored] = await new LastKnownGood(dataDir, key, log).load();
  expect(restored?.deployment.pointer).toEqual(pointerAt(5, "green"));
  expect(restored?.bundles).toEqual({ blue: blueBundle, green: greenBundle });
  expect(Object.keys(restored?.activeSince ?? {})).toHaveLength(2);
});

test("an operator who looks takes nothing away, also before the node has written its first deployment", async () => {
  const disk = new LastKnownGood(dataDir, key, log);
  await disk.load();
  served.onChange = (each) => disk.save(each);
  await watch.start();
  await disk.flush();
  await rm(join(dataDir, "last-known-good", "d1.json"));
  expect(await new LastKnownGood(dataDir, key, log).read()).toEqual([]);
  expect(await readdir(join(dataDir, "last-known-good", "bundles"))).toHaveLength(2);
});

test("a changed, foreign or incomplete copy on disk is not served", async () => {
  const disk = new LastKnownGood(dataDir, key, log);
  await disk.load();
  served.onChange = (each) => disk.save(each);
  await watch.start();
  await disk.flush();
  const path = join(dataDir, "last-known-good", "d1.json");
  const genuine = await readFile(path, "utf8");
  expect(await new LastKnownGood(dataDir, new Secret("other"), log).load()).toEqual([]);
  await writeFile(path, genuine.replace("agent_blue", "agent_evil"));
  expect(await new LastKnownGood(dataDir, key, log).load()).toEqual([]);
  await writeFile(path, genuine);
  expect(await new LastKnownGood(dataDir, key, log).load()).toHaveLength(1);
  const bundles = join(dataDir, "last-known-good", "bundles");
  const [name] = await readdir(bundles);
  await writeFile(join(bundles, name as string), "{}");
  expect(await new LastKnownGood(dataDir, key, log).load()).toEqual([]);
});

test("a pin by hand rules while the database is away, is visible, and ends with the next move", async () => {
  await watch.start();
  feed.isAway = true;
  await writeOrder(dataDir, key, "d1", { order: "pin", slot: "green", generation: 1, madeAtMs: Date.now() });
  await eventually(() => expect(active()).toBe("green"));
  expect(served.get("d1")?.alarm?.kind).toBe("pinned");
  feed.isAway = false;
  await eventually(() => expect(watch.state.polls).toBeGreaterThan(2));
  expect(active()).toBe("green");
  feed.put(deploymentOf({ pointer: pointerAt(2, "blue") }));
  await eventually(() => expect(served.get("d1")?.pointer).toEqual(pointerAt(2, "blue")));
  expect(served.get("d1")?.alarm).toBeNull();
  await eventually(async () => expect(await readdir(join(dataDir, "operator"))).toEqual([]));
});

test("a forged pin and a pin on an empty slot do nothing", async () => {
  feed.put(deploymentOf({ slots: { blue: slotWith(blueBundle, "a"), green: slotWith(null, "b") } }));
  await watch.start();
  await writeOrder(dataDir, new Secret("forger"), "d1", { order: "pin", slot: "green", generation: 9, madeAtMs: 1 });
  await watch.poll();
  expect(served.get("d1")?.pin).toBeNull();
  await writeOrder(dataDir, key, "d1", { order: "pin", slot: "green", generation: 9, madeAtMs: 2 });
  await watch.poll();
  expect(served.get("d1")?.pin).toBeNull();
});

test("the tables know which look the node serves: never one that it could not read whole, nor while it keeps a pointer of its own", async () => {
  await watch.start();
  const told = () => feed.confirmed.get("node-1") ?? "";
  await eventually(() => expect(told()).not.toBe(""));
  feed.put(deploymentOf({ pointer: pointerAt(2, "green") }));
  feed.isUnreadable = true;
  await eventually(() => expect(watch.state.failedPolls).toBeGreaterThan(2));
  const before = told();
  await eventually(() => expect(watch.state.failedPolls).toBeGreaterThan(5));
  expect([told(), active()]).toEqual([before, "blue"]);
  feed.isUnreadable = false;
  await eventually(() => expect(told() > before).toBe(true));
  expect(active()).toBe("green");
  feed.put(deploymentOf({ pointer: pointerAt(1, "blue") }));
  await eventually(() => expect(served.get("d1")?.alarm?.kind).toBe("lower-generation"));
  const [kept, polls] = [told(), watch.state.polls];
  await eventually(() => expect(watch.state.polls).toBeGreaterThan(polls + 5));
  expect(told()).toBe(kept);
});

test("a look is told once the tables have the calls that were answered before it", async () => {
  isDelivered = false;
  await watch.start();
  await eventually(() => expect(watch.state.polls).toBeGreaterThan(5));
  expect([...feed.confirmed.keys()]).toEqual([]);
  isDelivered = true;
  await eventually(() => expect([...feed.confirmed.keys()]).toEqual(["node-1"]));
});

test("a node that stops in order leaves: nobody waits for it", async () => {
  await watch.start();
  await eventually(() => expect([...feed.confirmed.keys()]).toEqual(["node-1"]));
  await watch.stop();
  expect([...feed.confirmed.keys()]).toEqual([]);
});
