import { describe, expect, it } from "vitest";
import { nextSlotState, SlotEvent, slotRefusals, slotTransitions } from "./index.ts";

const states = ["empty", "tainted", "ready", "active", "draining"] as const;

describe("the slot state × event table", () => {
  it("has a cell for every state and event, and nothing else", () => {
    expect(Object.keys(slotTransitions).toSorted()).toEqual([...states].toSorted());
    for (const state of states)
      expect(Object.keys(slotTransitions[state]).toSorted()).toEqual([...SlotEvent.options].toSorted());
  });

  it.each(states.flatMap((state) => SlotEvent.options.map((event) => [state, event] as const)))(
    "%s × %s is a state or a refusal with a text",
    (state, event) => {
      const cell = nextSlotState(state, event);
      if (typeof cell === "string") expect(states).toContain(cell);
      else expect(slotRefusals[cell.refuse]).toMatch(/\.$/);
    },
  );

  it("nothing but a pointer move touches the active slot", () => {
    const touching = SlotEvent.options.filter((event) => typeof nextSlotState("active", event) === "string");
    expect(touching.toSorted()).toEqual(["abandoned", "pointer-gained", "pointer-lost"]);
  });

  it("only a ready or draining slot can gain the pointer", () => {
    expect(states.filter((state) => typeof nextSlotState(state, "pointer-gained") === "string")).toEqual([
      "ready",
      "active",
      "draining",
    ]);
  });

  it("a ready slot drains when a canary's share of calls is taken from it", () => {
    expect(nextSlotState("ready", "abandoned")).toBe("draining");
  });

  it("a slot with calls in progress is not written", () => {
    expect(nextSlotState("draining", "write-begun")).toEqual({ refuse: "slot-draining" });
  });
});
