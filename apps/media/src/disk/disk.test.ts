import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeLogger } from "@tandem/telemetry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { readIfPresent, writeAtomically } from "./atomic-file.ts";
import { DebouncedFile } from "./debounced-file.ts";
import { lockFolder } from "./folder-lock.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tandem-disk-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("one node per folder; the next may have it after the first", async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: "config_invalid" });
  await lock.release();
  await (await lockFolder(folder)).release();
});

test("a killed process holds nothing", async () => {
  const script = join(folder, "holder.mjs");
  const file = new URL("./folder-lock.ts", import.meta.url).href;
  await writeFile(
    script,
    `import { lockFolder } from ${JSON.stringify(file)}; await lockFolder(${JSON.stringify(folder)}); process.send("held"); setInterval(() => {}, 1000);`,
  );
  const child = fork(script, { execArgv: ["--conditions=@tandem/source"] });
  await once(child, "message");
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: "config_invalid" });
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await lockFolder(folder)).release();
});

test("a file is replaced as a whole, for its owner only", async () => {
  const path = join(folder, "state.json");
  expect(await readIfPresent(path)).toBeNull();
  await Promise.all(["a", "b", "c"].map((letter) => writeAtomically(path, letter.repeat(100_000))));
  const content = await readFile(path, "utf8");
  expect(new Set(content).size).toBe(1);
  expect(content).toHaveLength(100_000);
});

test("a burst of changes is one write with the last state", async () => {
  let state = 0;
  let written = 0;
  const produce = () => ((written += 1), state);
  const file = new DebouncedFile({
    path: join(folder, "n.json"),
    delayMs: 20,
    produce,
    log: makeLogger({ app: "media", level: "silent", isPretty: false }),
  });
  for (state = 1; state < 50; state++) file.touch();
  await eventually(async () => expect(await readIfPresent(join(folder, "n.json"))).toBe("50"));
  expect(written).toBe(1);
  file.touch();
  state = 51;
  await file.flush();
  expect(await readIfPresent(join(folder, "n.json"))).toBe("51");
});
