import { describe, expect, it } from "vitest";
import { type ArrivingCall, type EarlierCall, findForwardingLoops, isForwardingLoop } from "./forwarding-loop.ts";

const own = "+15550100100";
const staff = "+15550100101";

describe("findForwardingLoops", () => {
  const dialled = [
    { number: staff, path: "answer.whenOpen.numbers[0]" },
    { number: own, path: "fallbackNumber" },
    { number: "+15550100200", path: "humanPath.number" },
  ];

  it("names every number that comes back, with the deployment it would come back to", () => {
    const found = findForwardingLoops(dialled, own, [{ number: "+15550100200", deployment: "branch-office" }]);
    expect(
      found.map(({ path, detail }) => [path, detail.includes("itself"), detail.includes("branch-office")]),
    ).toEqual([
      ["fallbackNumber", true, false],
      ["humanPath.number", false, true],
    ]);
  });

  it("finds nothing where nothing comes back", () => {
    expect(findForwardingLoops(dialled.slice(0, 1), own, [])).toEqual([]);
    expect(findForwardingLoops(dialled.slice(0, 1), null, [])).toEqual([]);
  });
});

describe("isForwardingLoop", () => {
  const call: ArrivingCall = { callId: "c9", from: "+15550100900", to: own, forwardedFrom: null, arrivedAtMs: 100_000 };
  const before = (callId: string, arrivedAtMs: number, dialling: string[] = [], from = call.from): EarlierCall => ({
    callId,
    from,
    arrivedAtMs,
    dialling,
  });

  it.each<[string, Partial<ArrivingCall>, EarlierCall[], boolean]>([
    ["an ordinary call", {}, [], false],
    ["a call that our staff's phone passed back", { forwardedFrom: staff }, [], true],
    ["a call that somebody else's phone passed on", { forwardedFrom: "+15550100777" }, [], false],
    ["a call passed on by our own number", { forwardedFrom: own }, [], true],
    ["our own number calling itself", { from: own }, [], true],
    ["the caller is being dialled out already", {}, [before("c8", 1000, [staff])], true],
    ["the same call reported twice", {}, [before("c9", 100_000, [staff])], false],
    ["another caller is being dialled out", {}, [before("c8", 99_000, [staff], "+15550100901")], false],
    ["the third arrival in half a minute", {}, [before("c7", 80_000), before("c8", 90_000)], false],
    [
      "the fourth arrival in half a minute",
      {},
      [before("c6", 75_000), before("c7", 80_000), before("c8", 90_000)],
      true,
    ],
    [
      "the fourth arrival, spread over minutes",
      {},
      [before("c6", 10_000), before("c7", 40_000), before("c8", 90_000)],
      false,
    ],
    [
      "withheld numbers say nothing",
      { from: "" },
      [before("c6", 90_000, [staff], ""), before("c7", 91_000, [], ""), before("c8", 92_000, [], "")],
      false,
    ],
  ])("%s", (_, change, earlier, isLoop) => {
    expect(isForwardingLoop({ ...call, ...change }, new Set([staff]), earlier)).toBe(isLoop);
  });
});
