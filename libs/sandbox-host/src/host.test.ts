import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxVendor } from "@tandem/ports/sandbox";
import { afterEach, expect, test } from "vitest";
import type { Fault } from "./fault-script.ts";
import { type RunningSandbox, startSandbox } from "./host.ts";
import type { Exchange } from "./vendor-server.ts";

/** The smallest emulator: POST adds a note, GET lists them. */
const notebook: SandboxVendor = {
  name: "notebook",
  handle(request, world) {
    const notes = world.collection<{ id: string; text: string }>("notes");
    if (world.isRevoked(request.headers["authorization"] ?? "")) return { status: 401, body: { error: "revoked" } };
    if (request.method === "GET") return { status: 200, body: notes.all({ forListing: true }) };
    const note = { id: world.newId("n_", 12), text: request.body };
    notes.put(note.id, note);
    world.record({ effect: "create", kind: "note", objectId: note.id, facts: { text: note.text }, account: "demo" });
    return { status: 201, body: note };
  },
  failure: (status) => ({ status, body: { notebookError: status } }),
  seed(world) {
    const notes = world.collection<{ id: string; text: string }>("notes");
    if (notes.get("n_seed") === undefined) notes.put("n_seed", { id: "n_seed", text: "planted" });
  },
  actions: { shout: async (input) => ({ heard: String(input["text"]).toUpperCase() }) },
};

const running: RunningSandbox[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function start(dataDir: string | null = null, tap?: (exchange: Exchange) => void): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ vendors: [notebook], dataDir, ...(tap === undefined ? {} : { tap }) });
  running.push(sandbox);
  return sandbox;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "tandem-sandbox-"));
  folders.push(made);
  return made;
}

const add = (sandbox: RunningSandbox, text: string, signal = AbortSignal.timeout(5000)) =>
  fetch(`${sandbox.origins["notebook"]}/notes`, { method: "POST", body: text, signal });
const texts = async (sandbox: RunningSandbox) =>
  (await sandbox.control.ledger()).map((row) => String(row.facts["text"]));

const faults: readonly [Fault, { status: number | "network"; hasEffect: boolean }][] = [
  [{ do: "throttle" }, { status: 429, hasEffect: false }],
  [
    { do: "throttle", retryAfterSeconds: 7 },
    { status: 429, hasEffect: false },
  ],
  [{ do: "fail-before" }, { status: 500, hasEffect: false }],
  [
    { do: "fail-after", status: 503 },
    { status: 503, hasEffect: true },
  ],
  [{ do: "lose-response" }, { status: "network", hasEffect: true }],
  [{ do: "reset" }, { status: "network", hasEffect: false }],
  [{ do: "hang" }, { status: "network", hasEffect: false }],
  [{ do: "truncate" }, { status: "network", hasEffect: true }],
  [
    { do: "truncate", framing: "intact" },
    { status: "network", hasEffect: true },
  ],
  [
    { do: "drip", everyMs: 50 },
    { status: "network", hasEffect: true },
  ],
  [{ do: "bad-gateway" }, { status: 502, hasEffect: false }],
  [
    { do: "delay", ms: 20 },
    { status: 201, hasEffect: true },
  ],
];

/** Status of an answer that can be read, or `network` for one that cannot. */
async function outcomeOf(answer: Promise<Response>): Promise<number | "network"> {
  try {
    const response = await answer;
    const body = await response.text();
    if (response.ok) JSON.parse(body);
    return response.status;
  } catch {
    return "network";
  }
}

test.each(faults)("%o strikes once and has its effect or none", async (fault, wanted) => {
  const sandbox = await start();
  await sandbox.control.setFault({ vendor: "notebook", method: "POST", path: "^/notes$", fault });
  expect(await outcomeOf(add(sandbox, "first", AbortSignal.timeout(300)))).toBe(wanted.status);
  expect(await texts(sandbox)).toEqual(wanted.hasEffect ? ["first"] : []);
  expect((await add(sandbox, "second")).status).toBe(201);
});

test.each([undefined, 7])(
  "a throttled request is told so in the vendor's words (Retry-After %s)",
  async (retryAfterSeconds) => {
    const sandbox = await start();
    const fault = { do: "throttle", ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } as const;
    await sandbox.control.setFault({ vendor: "notebook", fault });
    const response = await add(sandbox, "first");
    expect(response.headers.get("retry-after")).toBe(retryAfterSeconds?.toString() ?? null);
    expect(await response.json()).toEqual({ notebookError: 429 });
  },
);

test.each(["fail", "hang"] as const)("a late effect comes after the answer (%s)", async (answer) => {
  const sandbox = await start();
  await sandbox.control.setFault({ vendor: "notebook", fault: { do: "late", afterMs: 150, answer } });
  const outcome = await add(sandbox, "late", AbortSignal.timeout(80)).then(
    (response) => response.status,
    () => "network",
  );
  expect(outcome).toBe(answer === "fail" ? 500 : "network");
  expect(await texts(sandbox)).toEqual([]);
  await expect.poll(() => texts(sandbox)).toEqual(["late"]);
});

test("skip, times and for ever are counted per matching request", async () => {
  const sandbox = await start();
  const { control } = sandbox;
  const id = await control.setFault({
    vendor: "notebook",
    method: "POST",
    skip: 1,
    times: 2,
    fault: { do: "fail-before" },
  });
  const statuses = [];
  for (const text of ["a", "b", "c", "d"]) statuses.push((await add(sandbox, text)).status);
  expect(statuses).toEqual([201, 500, 500, 201]);
  expect(await control.faults()).toMatchObject([{ id, struck: 2, skipped: 1 }]);
  await control.setFault({ vendor: "notebook", times: null, fault: { do: "bad-gateway" } });
  for (const text of ["e", "f"]) expect((await add(sandbox, text)).status).toBe(502);
  await control.clearFaults();
  expect((await add(sandbox, "g")).status).toBe(201);
});

test("probability strikes a share", async () => {
  const sandbox = await start();
  await sandbox.control.setFault({ vendor: "notebook", times: null, probability: 0.5, fault: { do: "fail-before" } });
  const statuses = await Promise.all(Array.from({ length: 60 }, async (_, n) => (await add(sandbox, `${n}`)).status));
  const struck = statuses.filter((status) => status === 500).length;
  expect(struck).toBeGreaterThan(10);
  expect(struck).toBeLessThan(50);
});

test("list lag hides young rows from listings only", async () => {
  const sandbox = await start();
  await sandbox.control.setPace("notebook", { listLagMs: 60_000 });
  await add(sandbox, "young");
  expect(await (await fetch(`${sandbox.origins["notebook"]}/notes`)).json()).toEqual([]);
  await sandbox.control.setPace("notebook", { listLagMs: 0 });
  expect(await (await fetch(`${sandbox.origins["notebook"]}/notes`)).json()).toHaveLength(2);
});

test("a revoked credential is refused until restored", async () => {
  const sandbox = await start();
  const ask = async () =>
    (await fetch(`${sandbox.origins["notebook"]}/`, { headers: { authorization: "key" } })).status;
  await sandbox.control.revoke("notebook", "key");
  expect(await ask()).toBe(401);
  await sandbox.control.restore("notebook", "key");
  expect(await ask()).toBe(200);
});

test("actions run; unknown ones and bad scripts are refused with a reason", async () => {
  const { control } = await start();
  expect(await control.act("notebook", "shout", { text: "hi" })).toEqual({ heard: "HI" });
  await expect(control.act("notebook", "toString")).rejects.toThrow("has no action toString; it has: shout");
  await expect(control.act("nobody", "shout")).rejects.toThrow("running: notebook");
  await expect(control.setFault({ vendor: "notebook", fault: { do: "explode" } as never })).rejects.toThrow(
    "unknown fault",
  );
  await expect(control.setFault({ vendor: "notebook", fault: { do: "delay" } as never })).rejects.toThrow("needs ms");
});

test("tables, ledger and revoked keys survive a restart and a torn last line; reset plants the seed again", async () => {
  const dataDir = await folder();
  const first = await start(dataDir);
  await add(first, "kept");
  await first.control.revoke("notebook", "key");
  await running.pop()?.close();
  const path = join(dataDir, "tables.jsonl");
  await writeFile(path, `${await readFile(path, "utf8")}{"table":"notebook/no`);
  const second = await start(dataDir);
  expect(await texts(second)).toEqual(["kept"]);
  expect(await second.control.rows("notebook", "notes")).toMatchObject([{ text: "planted" }, { text: "kept" }]);
  expect((await fetch(`${second.origins["notebook"]}/`, { headers: { authorization: "key" } })).status).toBe(401);
  await add(second, "more");
  expect((await second.control.ledger({ after: 1 })).map((row) => row.seq)).toEqual([2]);
  await second.control.reset();
  expect(await texts(second)).toEqual([]);
  expect(await second.control.rows("notebook", "notes")).toMatchObject([{ text: "planted" }]);
});

test("the tap sees request, answer and fault", async () => {
  const seen: Exchange[] = [];
  const sandbox = await start(null, (exchange) => seen.push(exchange));
  await sandbox.control.setFault({ vendor: "notebook", fault: { do: "throttle" } });
  await add(sandbox, "one");
  await add(sandbox, "two");
  expect(seen.map(({ fault, response, request }) => [request.body, fault, response?.status ?? null])).toEqual([
    ["one", "throttle", null],
    ["two", null, 201],
  ]);
});

test("a taken port rejects, leaves nothing listening and does not touch the other one's data", async () => {
  const dataDir = await folder();
  const first = await start(dataDir);
  const ports = { notebook: Number(new URL(first.origins["notebook"] ?? "").port) };
  await expect(startSandbox({ vendors: [notebook], dataDir, ports })).rejects.toThrow("EADDRINUSE");
  const controlPort = Number(new URL(first.controlOrigin).port);
  await expect(startSandbox({ vendors: [notebook], dataDir, controlPort })).rejects.toThrow("EADDRINUSE");
  await add(first, "after");
  await running.pop()?.close();
  expect(await texts(await start(dataDir))).toEqual(["after"]);
});
