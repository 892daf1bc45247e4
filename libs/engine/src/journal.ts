import type { FencedTransaction } from "@tandem/ports/store/rollouts";
import type { StageRun } from "./stage.ts";

/** The rollout is not as it was seen: a person asked for something, or another run wrote. Look again. */
export class Interrupted extends Error {
  constructor(what: string) {
    super(what);
    this.name = "Interrupted";
  }
}

/** One fenced transaction of a step: the phase and what is desired must be as seen. Throws `Interrupted`, `lease_lost`. */
export function writeStep<Result>(
  run: StageRun,
  work: (transaction: FencedTransaction) => Promise<Result>,
): Promise<Result> {
  return run.lease.fenced((transaction) => {
    const { rollout } = transaction;
    if (rollout === null || rollout.id !== run.rollout.id) throw new Interrupted("another rollout");
    if (rollout.phase !== run.rollout.phase || rollout.desired !== run.rollout.desired)
      throw new Interrupted("phase or wish changed");
    return work(transaction);
  });
}

/** One fenced transaction of a transition: nothing of the rollout may have changed since the view. */
export function writeRollout<Result>(
  run: StageRun,
  work: (transaction: FencedTransaction) => Promise<Result>,
): Promise<Result> {
  return run.lease.fenced((transaction) => {
    const { rollout } = transaction;
    if (rollout === null || rollout.id !== run.rollout.id || rollout.version !== run.seen.version)
      throw new Interrupted("the rollout changed");
    return work(transaction);
  });
}

/** Throws `Interrupted` when slots, bindings or pointer are not as the view showed them. */
export function expectSameState(run: StageRun, transaction: FencedTransaction): void {
  const { view } = run;
  if (transaction.stateSerial !== view.stateSerial || transaction.configVersion !== view.deployment.configVersion)
    throw new Interrupted("the deployment changed");
}
