import { describe, expect, it } from "vitest";
import { Pointer } from "../slot/index.ts";
import { MachineEvent, Phase, isSwitched, refusals, terminalPhases, transition, transitions } from "./index.ts";

const phases = Phase.options;
const events = MachineEvent.options;
const working = phases.filter((phase) => phase !== "held");

describe("the phase × event table", () => {
  it("has a row for every phase and a cell for every event, and nothing else", () => {
    expect(Object.keys(transitions).toSorted()).toEqual([...phases].toSorted());
    for (const phase of phases)
      expect(Object.keys(transitions[phase]).toSorted(), phase).toEqual([...events].toSorted());
  });

  it.each(phases.flatMap((phase) => events.map((event) => [phase, event] as const)))(
    "%s × %s leads somewhere or is refused with a text",
    (phase, event) => {
      const heldPhases = phase === "held" ? working.filter((one) => !terminalPhases.has(one)) : [null];
      for (const heldPhase of heldPhases) {
        for (const switched of [false, true]) {
          const result = transition({ phase, heldPhase }, event, switched);
          if (result.kind === "refused") expect(result.text).toBe(refusals[result.code]);
          if (result.kind !== "moved") continue;
          expect(phases).toContain(result.phase);
          expect(result.phase).not.toBe(phase);
          expect(result.heldPhase === null).toBe(result.phase !== "held");
          if (result.heldPhase !== null) expect(terminalPhases.has(result.heldPhase)).toBe(false);
        }
      }
    },
  );

  it("never leaves an ended phase", () => {
    for (const phase of terminalPhases)
      for (const event of events) expect(transition({ phase, heldPhase: null }, event).kind).not.toBe("moved");
  });

  it("reaches every phase from the first one, and an end from every phase", () => {
    const next = (phase: Phase): Phase[] =>
      events.flatMap((event) =>
        [false, true].flatMap((switched) => {
          const result = transition({ phase, heldPhase: phase === "held" ? "applying" : null }, event, switched);
          return result.kind === "moved" ? [result.phase] : [];
        }),
      );
    const reachable = (from: Phase): Set<Phase> => {
      const seen = new Set<Phase>([from]);
      for (const phase of seen) for (const one of next(phase)) seen.add(one);
      return seen;
    };
    expect([...reachable("queued")].toSorted()).toEqual([...phases].toSorted());
    for (const phase of phases)
      expect(
        [...reachable(phase)].some((one) => terminalPhases.has(one)),
        phase,
      ).toBe(true);
  });
});

describe("going back", () => {
  const before = [
    "queued",
    "preflighting",
    "planning",
    "awaiting-approval",
    "applying",
    "smoke-testing",
    "awaiting-promotion",
  ] as const;

  it.each(before)("a rollback in %s is an abort", (phase) => {
    expect(transition({ phase, heldPhase: null }, "rollback")).toMatchObject({ kind: "moved", phase: "aborting" });
    expect(transition({ phase: "held", heldPhase: phase }, "rollback")).toMatchObject({
      kind: "moved",
      phase: "aborting",
    });
  });

  it.each(["baking", "retiring"] as const)("an abort in %s is refused, a rollback goes back", (phase) => {
    expect(transition({ phase, heldPhase: null }, "abort", true)).toMatchObject({
      kind: "refused",
      code: "already-switched",
    });
    expect(transition({ phase: "held", heldPhase: phase }, "rollback", true)).toMatchObject({
      kind: "moved",
      phase: "rolling-back",
    });
  });

  it("in switching the pointer decides", () => {
    const state = { phase: "switching", heldPhase: null } as const;
    expect(transition(state, "abort", false)).toMatchObject({ phase: "aborting" });
    expect(transition(state, "abort", true)).toMatchObject({ kind: "refused", code: "already-switched" });
    expect(transition(state, "rollback", false)).toMatchObject({ phase: "aborting" });
    expect(transition(state, "rollback", true)).toMatchObject({ phase: "rolling-back" });
    expect(transition(state, "detach", false)).toMatchObject({ kind: "refused", code: "nothing-to-detach" });
  });

  it("a canary's first share is what decides in shifting", () => {
    const state = { phase: "shifting", heldPhase: null } as const;
    expect(transition(state, "abort", false)).toMatchObject({ phase: "aborting" });
    expect(transition(state, "abort", true)).toMatchObject({ kind: "refused", code: "already-switched" });
    expect(transition(state, "rollback", false)).toMatchObject({ phase: "aborting" });
    expect(transition(state, "rollback", true)).toMatchObject({ phase: "rolling-back" });
    expect(transition(state, "bake-breached", true)).toMatchObject({ phase: "rolling-back" });
    expect(transition(state, "detach", true)).toMatchObject({ kind: "refused", code: "both-slots-live" });
  });

  it("a pause holds until callers are on the release, and then stays a wish", () => {
    const held = { kind: "moved", phase: "held" } as const;
    expect(transition({ phase: "applying", heldPhase: null }, "pause")).toMatchObject(held);
    expect(transition({ phase: "switching", heldPhase: null }, "pause", false)).toMatchObject(held);
    for (const phase of ["switching", "shifting", "baking"] as const)
      expect(transition({ phase, heldPhase: null }, "pause", true)).toEqual({ kind: "stayed" });
  });

  it("a breach returns the traffic of a held release too", () => {
    for (const heldPhase of ["shifting", "baking"] as const)
      expect(transition({ phase: "held", heldPhase }, "bake-breached", true)).toMatchObject({ phase: "rolling-back" });
  });

  it("the first share of calls ends abort and begins rollback", () => {
    const pointer = Pointer.parse({
      active: "blue",
      candidate: "green",
      weightBp: 0,
      salt: "s",
      mode: "live",
      generation: 3,
    });
    expect(isSwitched({ targetSlot: "green" }, pointer)).toBe(false);
    expect(isSwitched({ targetSlot: "green" }, { ...pointer, weightBp: 1 })).toBe(true);
    expect(isSwitched({ targetSlot: "green" }, { ...pointer, active: "green", candidate: null })).toBe(true);
  });

  it("a resumed rollout goes back to the phase that was held", () => {
    expect(transition({ phase: "held", heldPhase: "smoke-testing" }, "resume")).toEqual({
      kind: "moved",
      phase: "smoke-testing",
      heldPhase: null,
    });
    expect(transition({ phase: "applying", heldPhase: null }, "resume")).toMatchObject({
      kind: "refused",
      code: "not-held",
    });
  });
});
