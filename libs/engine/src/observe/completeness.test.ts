import { VendorError } from "@tandem/kernel";
import type { Binding } from "@tandem/domain/slot";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookUp } from "../executor/resume.ts";
import type { StepRun } from "../executor/step-run.ts";
import type { Observer } from "./observer.ts";
import { readObject, type Wanted } from "./read-objects.ts";

/** A vendor that holds some objects under our key and lists a part of them: the rest is on pages that did not come. */
const vendor = fc
  .record({ held: fc.nat(4), listed: fc.nat(4), gone: fc.nat(2) })
  .map(({ held, listed, gone }) => ({ held, listed: Math.min(held, listed), gone }));
type Held = typeof vendor extends fc.Arbitrary<infer Value> ? Value : never;

const objectOf = (number: number): VendorObject => ({
  externalId: `x${number}`,
  externalKey: "key",
  version: null,
  published: true,
  fields: {},
  readAt: "2026-11-28T00:00:00.000Z",
});

/** `gone` objects that were deleted are listed still, as lists lag. */
function resourcesOf({ held, listed, gone }: Held) {
  const present = Array.from({ length: held }, (_, number) => objectOf(number));
  const stale = Array.from({ length: gone }, (_, number) => objectOf(100 + number));
  return {
    read: async (_kind: string, id: string) => present.find(({ externalId }) => externalId === id) ?? null,
    findByKey: async () => ({ items: [...stale, ...present.slice(held - listed)], complete: listed === held }),
    reached: () => true,
  };
}

const outcomeOf = (work: Promise<VendorObject | null>): Promise<VendorObject | null | "unavailable"> =>
  work.catch((error: unknown) => {
    if (error instanceof VendorError && error.facts.fault === "unavailable") return "unavailable" as const;
    throw error;
  });

describe("a listing that is not whole", () => {
  test("never makes an object absent for a plan", async () => {
    await fc.assert(
      fc.asyncProperty(vendor, async (held) => {
        const observer = {
          beforeCall: async () => {},
          connections: { open: async () => ({ resources: resourcesOf(held) }) },
        } as unknown as Observer;
        const wanted = { kind: "k", vendor: "v", externalId: null, externalKey: "key" } as unknown as Wanted;
        const outcome = await outcomeOf(readObject(observer, wanted));
        if (outcome === null) expect(held.held).toBe(0);
        if (held.listed === held.held) expect(outcome).not.toBe("unavailable");
      }),
    );
  });

  test("never makes an open intent one that came to nothing, and never has duplicates deleted", async () => {
    await fc.assert(
      fc.asyncProperty(vendor, async (held) => {
        const deleted: string[] = [];
        const outcome = await outcomeOf(lookUp(stepRun(held, deleted)));
        if (outcome === null) expect(held.held).toBe(0);
        if (held.listed < held.held) expect(deleted).toEqual([]);
        else expect(deleted).toEqual(Array.from({ length: Math.max(0, held.held - 1) }, (_, n) => `x${n + 1}`));
      }),
    );
  });
});

/** An open `create` whose fenced transactions only note which deletions they would queue. */
function stepRun(held: Held, deleted: string[]): StepRun {
  const operation = { verb: "create", kind: "k", vendor: "v", externalKey: "key", address: "a/b", slot: "blue" };
  const rollout = { id: "r1", phase: "applying", desired: "continue" };
  const transaction = {
    rollout,
    insertSteps: async (steps: readonly { operation: { externalId: string } }[]) =>
      void deleted.push(...steps.map((step) => step.operation.externalId)),
    audit: async () => {},
    appendEvent: async () => {},
  };
  let seq = 1;
  return {
    run: {
      rollout,
      view: { steps: [], bindings: [] as Binding[] },
      lease: { fenced: (work: (open: typeof transaction) => Promise<unknown>) => work(transaction) },
    },
    step: { operation, stage: "apply", seq: 0 },
    connection: { resources: resourcesOf(held) },
    target: {},
    book: { of: () => null, all: () => [] },
    nextSeq: () => seq++,
  } as unknown as StepRun;
}
