import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath, type Manifest, parsePath } from "../manifest/index.ts";
import { placeInConfiguration } from "./configuration-place.ts";

const manifest = {
  answer: { whenOpen: { numbers: "{{parameters.staffNumbers}}" }, schedule: { timeZone: "UTC" } },
  fallbackNumber: "{{parameters.fallback}}",
  conversation: { objectives: [{ name: "a" }, { goal: "{{parameters.goal}}" }] },
} as unknown as Manifest;

describe("placeInConfiguration", () => {
  it.each([
    ["deployment.number", ["number"], null],
    ["connections.provider.deepgram", ["connections", "provider.deepgram"], "provider.deepgram"],
    ["deployment-overlay.hours.monday[0].from", ["overlay", "hours", "monday", 0, "from"], "hours"],
    ['tenant-overlay["odd name"]', ["tenantOverlay", "odd name"], "odd name"],
    ["parameters.businessName", ["overlay", "businessName"], "businessName"],
    ["fallbackNumber", ["overlay", "fallback"], "fallback"],
    ["answer.whenOpen.numbers[1]", ["overlay", "staffNumbers", 1], "staffNumbers"],
    ["conversation.objectives[1].goal", ["overlay", "goal"], "goal"],
  ])("%s", (path, place, field) => {
    expect(placeInConfiguration(manifest, path)).toEqual({ path: place, field });
  });

  it.each(["", "answer.schedule.timeZone", "answer.whenOpen", "nothing.here", "[", 'a["'])(
    "blames nothing for %s",
    (path) => expect(placeInConfiguration(manifest, path)).toBeNull(),
  );

  it("reads every path that is written", () => {
    const part = fc.oneof(fc.string(), fc.nat(99_999));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });
});
