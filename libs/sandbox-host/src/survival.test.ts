import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";
import { Tables } from "./tables.ts";

const writer = `
import { Tables } from ${JSON.stringify(new URL("tables.ts", import.meta.url).href)};
import { Ledger } from ${JSON.stringify(new URL("ledger.ts", import.meta.url).href)};
const tables = new Tables(process.argv[1] + "/tables.jsonl", Date.now);
const ledger = new Ledger(process.argv[1] + "/ledger.jsonl");
const rows = tables.collection("v/rows", () => 0);
for (let n = 1; ; n++) {
  rows.put(String(n), { n });
  ledger.record({ vendor: "v", effect: "create", kind: "row", objectId: String(n), facts: {}, account: "a" }, n);
  if (n % 50 === 0) { process.stdout.write(n + "\\n"); await new Promise((resolve) => setImmediate(resolve)); }
}`;

test("what was acknowledged before SIGKILL is there afterwards", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tandem-sandbox-"));
  const child = spawn(process.execPath, ["--conditions=@tandem/source", "--input-type=module", "-e", writer, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    if (told.includes("\n500\n")) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("exit", resolve));
  const acknowledged = Number(told.trim().split("\n").at(-1));
  const tables = new Tables(join(folder, "tables.jsonl"), Date.now);
  const ledger = new Ledger(join(folder, "ledger.jsonl"));
  expect(acknowledged).toBeGreaterThanOrEqual(500);
  expect(tables.collection("v/rows", () => 0).all().length).toBeGreaterThanOrEqual(acknowledged);
  expect(ledger.read().length).toBeGreaterThanOrEqual(acknowledged);
  tables.close();
  ledger.close();
  await rm(folder, { recursive: true });
});
