import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { seal, signTicket } from "@tandem/secrets";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, deploymentOf, greenBundle } from "../../test-support/fixtures.ts";
import {
  API_KEY,
  AUTH_TOKEN,
  type Harness,
  INGRESS_KEY,
  startHarness,
  ticketKey,
} from "../../test-support/node-harness.ts";
import { runCommand } from "../node/operator-command.ts";

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.stop());

const get = (path: string, token?: string) =>
  fetch(harness.node.origin + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
const serve = async () => {
  harness.feed.put(deploymentOf({ connections: harness.connections }), blueBundle, greenBundle);
  harness.feed.onMove?.("d1");
  await eventually(() => expect(harness.node.state().deployments).toHaveLength(1));
};
const operations = (key = ticketKey) => signTicket(key, "operations", {}, Date.now() + 1000);

const settings = () => ({
  dataDir: harness.dataDir,
  ticketKey,
  node: "node-1",
  host: "127.0.0.1",
  port: 4100,
  publicUrl: "https://calls.example.com",
  streamUrl: null,
});

test("live and ready tell outsiders nothing more; a database that went away leaves the node ready", async () => {
  await serve();
  harness.feed.isAway = true;
  await eventually(() => expect(harness.node.state().pointer.failedPolls).toBeGreaterThan(1));
  const ready = await get("/ready");
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
});

test("a node that has heard neither disk nor database is not ready", async () => {
  await harness.node.close();
  harness.feed.isAway = true;
  await harness.restart({ dataDir: `${harness.dataDir}/empty` });
  expect((await get("/ready")).status).toBe(503);
  expect((await get("/live")).status).toBe(200);
});

test("the probe proves this installation for a nonce, and signs nothing short or odd", async () => {
  const nonce = "n".repeat(32);
  expect(await (await get(`/probe/${nonce}`)).json()).toMatchObject({ nonce, proof: seal(ticketKey, "nonce", nonce) });
  for (const odd of ["short", "a".repeat(129), "a.b~cdefghijklmnopq"])
    expect((await get(`/probe/${odd}`)).status).toBe(404);
});

test("state and metrics need an operator's ticket; to others they do not exist", async () => {
  await serve();
  await harness.carrier(`/voice/${INGRESS_KEY}`);
  for (const path of ["/nodes", "/metrics"]) {
    expect((await get(path)).status).toBe(404);
    expect((await get(path, operations(new Secret("other")))).status).toBe(404);
    expect((await get(path, signTicket(ticketKey, "trial", {}, Date.now() + 1000))).status).toBe(404);
  }
  const state = (await (await get("/nodes", operations())).json()) as { deployments: object[] };
  expect(state.deployments[0]).toMatchObject({
    deploymentId: "d1",
    generation: 1,
    active: "blue",
    liveCalls: { blue: 1, green: 0 },
  });
  const text = await (await get("/metrics", operations())).text();
  expect(text).toContain('tandem_media_requests_total{route="/voice/:ingressKey",status="200"} 1');
  expect(text).toMatch(/tandem_media_live_calls 1\n/);
  for (const line of text.trim().split("\n"))
    expect(line).toMatch(/^(|# TYPE \w+ \w+|# HELP \w+ .+|\w+(\{[^}]+\})? -?[0-9.e+-]+)$/);
});

test("an operator pins, unpins and sees it; nonsense is refused with the usage", async () => {
  await serve();
  const lines: string[] = [];
  const command = (...words: string[]) => runCommand(settings(), words, (line) => lines.push(line));
  harness.feed.isAway = true;
  await eventually(async () => expect(await command("pin", "front-desk", "green")).toBe(0));
  await eventually(() =>
    expect(harness.node.state().deployments[0]).toMatchObject({
      active: "green",
      isPinned: true,
      alarm: { kind: "pinned" },
    }),
  );
  await harness.carrier(`/voice/${INGRESS_KEY}`);
  expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_green");
  expect(await command("unpin", "d1")).toBe(0);
  await eventually(() =>
    expect(harness.node.state().deployments[0]).toMatchObject({ active: "blue", isPinned: false }),
  );
  expect([await command("pin", "d1", "red"), await command("pin"), await command("help")]).toEqual([2, 2, 2]);
  expect(await command("pin", "nobody", "blue")).toBe(1);
  expect(await command("ticket")).toBe(0);
  expect((await get("/nodes", lines.at(-1))).status).toBe(200);
});

test("no credential is written anywhere on the node's disk", async () => {
  await serve();
  await harness.carrier(`/voice/${INGRESS_KEY}`);
  await harness.node.close();
  const names = await readdir(harness.dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile());
  const content = await Promise.all(files.map((each) => readFile(join(each.parentPath, each.name), "utf8")));
  expect(files.length).toBeGreaterThan(4);
  for (const canary of [AUTH_TOKEN, API_KEY, ticketKey.reveal()]) expect(content.join("\n")).not.toContain(canary);
  await harness.restart();
});
