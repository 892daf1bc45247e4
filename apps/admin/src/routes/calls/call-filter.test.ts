import { expect, test } from "vitest";
import { isNarrowed, sessionsQuery } from "./call-filter.ts";

const NOW_MS = Date.parse("2026-11-28T10:00:00Z");
const asked = (filter: Parameters<typeof sessionsQuery>[0]) => sessionsQuery(filter, "Europe/Berlin", NOW_MS);

test("callers' calls are asked for unless the address says otherwise", () => {
  expect(asked({})).toEqual({ kind: "live" });
  expect(asked({ kind: "all", slot: "blue" })).toEqual({ slot: "blue" });
});

test("windows go back from now; days are whole days of the zone, the last one included", () => {
  expect(asked({ window: "hour" }).from).toBe("2026-11-28T09:00:00.000Z");
  expect(asked({ window: "days", from: "2026-11-01", to: "2026-11-02" })).toMatchObject({
    from: "2026-10-31T23:00:00.000Z",
    to: "2026-11-02T23:00:00.000Z",
  });
});

test("instants of links are taken as they are, nonsense is left out, and so is what is too short to be looked for", () => {
  expect(asked({ from: "2026-11-01T10:00:00Z", to: "soon", call: "CA" })).toEqual({
    kind: "live",
    from: "2026-11-01T10:00:00.000Z",
  });
  expect(asked({ call: "CA1" }).call).toBe("CA1");
});

test("it is told whether something is left out", () => {
  expect(isNarrowed({ slot: undefined })).toBe(false);
  expect(isNarrowed({ outcome: "booked" })).toBe(true);
});
