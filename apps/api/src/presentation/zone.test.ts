import type { ReleaseBundle } from "@tandem/domain/release";
import { expect, test } from "vitest";
import { zoneOf } from "./zone.ts";

const release = { answer: { schedule: { timeZone: "Asia/Tokyo" } } } as unknown as ReleaseBundle;

test("the configured zone comes first, then that of the release, then none", () => {
  expect(zoneOf({ timeZone: "Europe/Berlin" }, release)).toBe("Europe/Berlin");
  expect(zoneOf({}, release)).toBe("Asia/Tokyo");
  expect(zoneOf({ greeting: "Hello" }, null)).toBeNull();
});
