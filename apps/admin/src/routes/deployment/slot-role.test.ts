import { expect, test } from "vitest";
import { shareOf, slotRole } from "./slot-role.ts";
import type { Deployment } from "./use-deployment.ts";

const pointer: Deployment["pointer"] = { active: "blue", candidate: null, weightBp: 0, mode: "live", generation: 3 };
const slot = (over: Partial<Deployment["slots"]["blue"]>): Deployment["slots"]["blue"] => ({
  slot: "blue",
  state: "ready",
  bundleHash: "b",
  readyBundleHash: "b",
  verifiedAt: null,
  intact: true,
  liveCalls: 0,
  ...over,
});
const slots = { blue: slot({ state: "active", liveCalls: 2 }), green: slot({ slot: "green" }) };

test("new calls are shared between the active slot and the canary, and go to nobody's slot while people answer", () => {
  const canary = { ...pointer, candidate: "green", weightBp: 1000 } as const;
  expect([shareOf(pointer, "blue"), shareOf(pointer, "green")]).toEqual([10_000, 0]);
  expect([shareOf(canary, "blue"), shareOf(canary, "green")]).toEqual([9000, 1000]);
  expect(shareOf({ ...canary, mode: "diverted" }, "blue")).toBe(0);
});

test.each([
  [{}, "inactive"],
  [{ state: "empty", bundleHash: null }, "empty"],
  [{ liveCalls: 1 }, "draining"],
  [{ state: "draining" }, "draining"],
] as const)("a slot without new calls and %o is %s", (over, word) => {
  expect(slotRole({ pointer, slots: { ...slots, green: slot({ ...over, slot: "green" }) } }, "green").word).toBe(word);
});

test("a slot that takes calls is active or the canary, whatever else it is", () => {
  expect(slotRole({ pointer, slots }, "blue").word).toBe("active");
  expect(slotRole({ pointer: { ...pointer, candidate: "green", weightBp: 500 }, slots }, "green").word).toBe("canary");
});
