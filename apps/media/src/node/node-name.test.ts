import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeIdOf } from "./node-id.ts";
import { nodeNameOf } from "./node-name.ts";

test("a node that listens everywhere is called by its machine: many containers share the address", () => {
  expect(nodeNameOf({ node: "fra-1", host: "0.0.0.0", port: 4100 })).toBe("fra-1");
  expect(nodeNameOf({ node: null, host: "10.1.2.3", port: 4100 })).toBe("10.1.2.3:4100");
  expect(nodeNameOf({ node: null, host: "0.0.0.0", port: 4100 })).toBe(`${hostname()}:4100`);
});

test("who comes back to a data folder is the same node; a damaged identity is made anew", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "tandem-node-"))));
  onTestFinished(() => Promise.all([one, other].map((folder) => rm(folder!, { recursive: true }))).then(() => {}));
  const id = await nodeIdOf(one!);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await nodeIdOf(one!)).toBe(id);
  expect(await nodeIdOf(other!)).not.toBe(id);
  await writeFile(join(one!, "node-id"), "not an id");
  expect(await nodeIdOf(one!)).not.toBe(id);
});
