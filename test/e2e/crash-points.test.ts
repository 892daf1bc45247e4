import { readFileSync } from "node:fs";
import { join } from "node:path";
import { faultPoints } from "@tandem/engine";
import { expect, test } from "vitest";

const LANES = ["crash-first-rollout", "crash-update", "crash-return"];

test("every fault point of the engine is one at which a worker is killed here", () => {
  const text = LANES.map((lane) => readFileSync(join(import.meta.dirname, `${lane}.test.ts`), "utf8")).join("\n");
  const missing = faultPoints.filter((point) => !text.includes(`"${point}"`) && !text.includes(`"${point}#`));
  expect(missing).toEqual([]);
});
