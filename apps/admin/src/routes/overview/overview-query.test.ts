import { expect, test } from "vitest";
import type { Schemas } from "../../api/generated/schema.ts";
import { renewed } from "./overview-query.ts";

const row = (id: string, calls: number) => ({ id, calls }) as Schemas["OverviewRow"];
const page = { items: [row("a", 0), row("b", 0)], next: "n", counts: {} } as unknown as Schemas["Overview"];

test("what is known better takes its row's place, and nothing moves", () => {
  const fresh = new Map([
    ["b", row("b", 2)],
    ["elsewhere", row("elsewhere", 1)],
  ]);
  expect(renewed(page, fresh)).toEqual({ ...page, items: [row("a", 0), row("b", 2)] });
});

test("a page without any of the rows stays the same object", () => {
  expect(renewed(page, new Map([["elsewhere", row("elsewhere", 1)]]))).toBe(page);
});
