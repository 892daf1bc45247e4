import { describe, expect, it } from "vitest";
import { decideRevert, type LivedRelease, type RevertView } from "./index.ts";

const lived = (rolloutId: string, bundleHash: string, version: string): LivedRelease => ({
  rolloutId,
  bundleHash,
  playbook: "after-hours",
  version,
});
const view: RevertView = {
  pointer: { active: "green" },
  slots: { green: { bundleHash: "three" }, blue: { bundleHash: "two" } },
  canRollBack: false,
  lived: [
    lived("r4", "three", "1.2.0"),
    lived("r3", "three", "1.2.0"),
    lived("r2", "two", "1.1.0"),
    lived("r1", "one", "1.0.0"),
  ],
};

describe("decideRevert", () => {
  it("takes the release before the present one, by whichever name, or without one", () => {
    expect(decideRevert(view, null)).toMatchObject({ kind: "revert", release: { rolloutId: "r2" } });
    for (const to of ["r1", "1.0.0", "after-hours@1.0.0"])
      expect(decideRevert(view, to)).toMatchObject({ kind: "revert", release: { bundleHash: "one" } });
  });

  it("does not take a newer release that callers were taken off again", () => {
    const wentBack = { ...view, pointer: { active: "blue" as const } };
    expect(decideRevert(wentBack, null)).toMatchObject({ release: { rolloutId: "r1" } });
  });

  it("says when a rollback does the same at once", () => {
    expect(decideRevert({ ...view, canRollBack: true }, null)).toMatchObject({ error: "rollback_possible" });
    expect(decideRevert({ ...view, canRollBack: true }, "1.0.0")).toMatchObject({ kind: "revert" });
  });

  it("is refused where nothing older was live, for what is live, and for what never was", () => {
    expect(decideRevert({ ...view, lived: view.lived.slice(0, 2) }, null)).toMatchObject({ reason: "nothing-older" });
    expect(decideRevert(view, "1.2.0")).toMatchObject({ reason: "live-already" });
    expect(decideRevert(view, "9.9.9")).toMatchObject({ error: "not_found", reason: "never-live" });
    expect(decideRevert({ ...view, pointer: { active: "none" } }, null)).toMatchObject({ reason: "not-switched" });
  });
});
