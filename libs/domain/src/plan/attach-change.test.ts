import { describe, expect, it } from "vitest";
import { makePlan } from "./make-plan.ts";
import { firstInput, OUR_ROUTING } from "./test-support/plan-fixture.ts";
import { one } from "./test-support/plan-world.ts";

describe("the way of a number's calls", () => {
  it("does not go through without the number, which it says once", () => {
    const routing = { address: "telephony.number/main", observed: null, wanted: OUR_ROUTING, isAttached: false };
    const missing = makePlan(firstInput({ routing }));
    expect(missing.findings).toMatchObject([
      {
        severity: "error",
        code: "object-missing",
        address: "telephony.number/main",
        detail: expect.stringMatching(/does not own the number/),
      },
    ]);
    const known = missing.findings.map((finding) => ({ ...finding, code: "number-not-owned" }));
    expect(makePlan(firstInput({ routing, findings: known })).findings.map(({ code }) => code)).toEqual([
      "number-not-owned",
    ]);
  });

  it("names a trunk that attaching would drop", () => {
    const routing = {
      address: "telephony.number/main",
      observed: { ...OUR_ROUTING, voiceUrl: "", trunkId: "TK1" },
      wanted: OUR_ROUTING,
      isAttached: false,
    };
    expect(one(makePlan(firstInput({ routing })), "telephony.number/main", "attach")).toMatchObject({
      risk: "high",
      reason: { text: expect.stringContaining("trunk") as string },
    });
  });
});
