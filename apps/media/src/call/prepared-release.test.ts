import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { openSpokenOffice, type SpokenOffice } from "../../test-support/spoken-office.ts";

let office: SpokenOffice;

beforeEach(async () => {
  office = await openSpokenOffice();
});

afterEach(() => office.stop());

test("a release's fixed lines are rendered when the node first sees it, before any call", async () => {
  const objects = join(office.dataDir, "objects");
  await eventually(async () => {
    const files = await readdir(objects, { recursive: true });
    expect(files.length).toBeGreaterThan(2);
  });
  const said = (await office.sandbox.control.ledger({ vendor: "cartesia" })).map(({ facts }) => facts["text"]);
  expect(said.join(" ")).toContain("technical trouble");
  expect(office.writer.events).toEqual([]);
}, 60_000);
