import type { ReleaseBundle } from "@tandem/domain/release";
import type { LivedRelease } from "@tandem/domain/rollout";
import type { SlotView } from "@tandem/domain/slot";
import { expect, test } from "vitest";
import { type DeploymentFacts, deploymentStanding } from "./deployment-standing.ts";

const lived = (rolloutId: string, bundleHash: string, version: string): LivedRelease => ({
  rolloutId,
  bundleHash,
  playbook: "after-hours",
  version,
});
const bundle = (version: string) => ({ playbook: { name: "after-hours", version } }) as ReleaseBundle;
const holding = (bundleHash: string | null) => ({ bundleHash }) as SlotView & { readonly liveCalls: number };
const facts = (wayBack: boolean): DeploymentFacts => ({
  deployment: {
    id: "d",
    overlay: { timeZone: "Europe/Berlin" },
    pointer: { active: "green", candidate: null, weightBp: 0, salt: "", mode: "live", generation: 3 },
    slots: { blue: holding("two"), green: holding("three") },
    wayBack: { possible: wayBack, verifiedAt: null, reason: null },
  },
  lived: [
    lived("r4", "three", "1.2.0"),
    lived("r3", "two", "1.1.0"),
    lived("r2", "three", "1.2.0"),
    lived("r1", "one", "1.0.0"),
  ],
  releases: { blue: null, green: bundle("1.2.0") },
});

test("slots are told by the name of what they hold, releases that were live once each, and where a revert leads", () => {
  expect(deploymentStanding(facts(false))).toEqual({
    deploymentId: "d",
    timeZone: "Europe/Berlin",
    slots: { blue: { hash: "two", version: null }, green: { hash: "three", version: "after-hours@1.2.0" } },
    lived: [
      { rolloutId: "r4", hash: "three", version: "after-hours@1.2.0" },
      { rolloutId: "r3", hash: "two", version: "after-hours@1.1.0" },
      { rolloutId: "r1", hash: "one", version: "after-hours@1.0.0" },
    ],
    revert: { to: { rolloutId: "r3", hash: "two", version: "after-hours@1.1.0" }, refusal: null },
  });
});

test("a revert is refused, with the reason, where a rollback does the same at once", () => {
  expect(deploymentStanding(facts(true)).revert).toEqual({
    to: null,
    refusal: expect.stringContaining("a rollback brings it back at once"),
  });
});
