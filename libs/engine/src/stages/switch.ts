import { at } from "../context.ts";
import { expectSameState } from "../journal.ts";
import { movePointer, moveRefused } from "../pointer-move.ts";
import type { Stage } from "../stage.ts";

/** The one compare-and-set (ruling 18). Answers `wait` so that attach follows, where there is something to attach; needs no vendor. */
export const switchStage: Stage = async (run) => {
  const refused = moveRefused(run);
  if (refused !== null) return refused;
  await at("switch.before");
  return {
    event: "wait",
    write: async (transaction) => {
      expectSameState(run, transaction);
      return movePointer(run, transaction, { active: run.target, candidate: null, weightBp: 0 }, "switch");
    },
  };
};
