import { describe, expect, it } from "vitest";
import { makePlan } from "./make-plan.ts";
import type { ObservedObject } from "./plan-input.ts";
import { type MovedPath, movedPaths, type PresentFacts } from "./staleness.ts";
import { firstInput, OUR_ROUTING, pointerAt } from "./test-support/plan-fixture.ts";

const binding = (address: string, slot: "blue" | "green" | null) => ({
  address,
  slot,
  kind: "voice-agent.agent",
  owner: "slot" as const,
  connectionId: "c-retell",
  externalKey: "k",
  externalId: "agent-1",
  version: "1",
  lastApplied: {},
  lastAppliedHash: "h",
});
const agent: ObservedObject = {
  externalId: "agent-1",
  externalKey: "k",
  version: "1",
  published: true,
  fields: { voiceId: "a" },
};
const input = firstInput({
  pointer: pointerAt("green", 4),
  bindings: [binding("voice-agent.agent/main", "blue"), binding("voice-agent.agent/main", "green")],
});
const observed = new Map(input.observed).set("blue:voice-agent.agent/main", agent);
const plan = makePlan({ ...input, observed });
const present: PresentFacts = {
  pointer: input.pointer,
  slots: input.slots,
  bindings: input.bindings,
  generation: 4,
  stateSerial: 7,
  configVersion: 3,
  isAttached: false,
  observed,
  routing: { address: "telephony.number/main", observed: input.routing?.observed ?? null },
};
const paths = (moved: readonly MovedPath[]): string[] => moved.map(({ path }) => path);

describe("movedPaths", () => {
  it("finds nothing while nothing has moved", () => expect(movedPaths(plan, present)).toEqual([]));

  it.each<[string, Partial<PresentFacts>, string[]]>([
    ["the pointer", { generation: 5 }, ["pointer.generation"]],
    ["the configuration", { configVersion: 4 }, ["configuration.version"]],
    [
      "an object at a vendor",
      { observed: new Map(observed).set("blue:voice-agent.agent/main", { ...agent, fields: { voiceId: "b" } }) },
      ["observed.blue:voice-agent.agent/main"],
    ],
    [
      "an object that is gone",
      { observed: new Map(observed).set("blue:voice-agent.agent/main", null) },
      ["observed.blue:voice-agent.agent/main"],
    ],
    [
      "a version at a vendor",
      { observed: new Map(observed).set("blue:voice-agent.agent/main", { ...agent, version: "2" }) },
      ["observed.blue:voice-agent.agent/main"],
    ],
    [
      "the number",
      { routing: { address: "telephony.number/main", observed: OUR_ROUTING } },
      ["observed.telephony.number/main"],
    ],
    [
      "a binding of the target slot",
      {
        stateSerial: 8,
        bindings: [
          { ...binding("voice-agent.agent/main", "blue"), version: "2" },
          binding("voice-agent.agent/main", "green"),
        ],
      },
      ["state.binding/blue:voice-agent.agent/main"],
    ],
    [
      "a new binding",
      { stateSerial: 8, bindings: [...input.bindings, binding("calendar.calendar/x", null)] },
      ["state.binding/calendar.calendar/x"],
    ],
    [
      "the target slot",
      { stateSerial: 8, slots: { ...input.slots, blue: { ...input.slots.blue, state: "tainted" } } },
      ["state.slot/blue"],
    ],
    ["the attachment", { stateSerial: 8, isAttached: true }, ["state.attachment"]],
  ])("names %s", (_name, change, expected) =>
    expect(paths(movedPaths(plan, { ...present, ...change }))).toEqual(expected),
  );

  it.each<[string, Partial<PresentFacts>]>([
    ["the serial alone", { stateSerial: 12 }],
    [
      "a binding of the other slot",
      {
        stateSerial: 8,
        bindings: [
          binding("voice-agent.agent/main", "blue"),
          { ...binding("voice-agent.agent/main", "green"), version: "9" },
        ],
      },
    ],
    [
      "the other slot",
      {
        stateSerial: 8,
        slots: { ...input.slots, green: { ...input.slots.green, state: "draining", bundleHash: "other" } },
      },
    ],
    ["an object that the plan did not read", { observed: new Map([["crm.pipeline/other", agent]]) }],
  ])("is not moved by %s", (_name, change) => expect(movedPaths(plan, { ...present, ...change })).toEqual([]));

  it("compares no vendor object that was not read again", () => {
    const { observed: _observed, routing: _routing, ...ours } = present;
    expect(movedPaths(plan, ours)).toEqual([]);
  });

  it("tells what was planned and what is", () => {
    expect(movedPaths(plan, { ...present, generation: 5 })).toEqual([
      { path: "pointer.generation", planned: 4, now: 5 },
    ]);
  });

  it("falls back to the serial for a plan that does not say what it read", () => {
    const { reads: _reads, ...old } = plan;
    expect(paths(movedPaths(old, { ...present, stateSerial: 9 }))).toEqual(["state.serial"]);
  });
});
