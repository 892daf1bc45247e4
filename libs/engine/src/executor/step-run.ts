import type { Step } from "@tandem/domain/rollout";
import type { OpenConnection, ResourceKind } from "@tandem/ports/adapter";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import type { StageOutcome, StageRun } from "../stage.ts";
import type { BindingBook } from "./binding-book.ts";

/** One journaled operation about to be run. */
export interface StepRun {
  readonly run: StageRun;
  readonly step: Step;
  readonly book: BindingBook;
  readonly kind: ResourceKind;
  readonly connection: OpenConnection;
  /** What is sent, references resolved. */
  readonly target: WriteTarget;
  readonly requestHash: string;
  /** Sequence number for steps that this run has to add. */
  nextSeq(): number;
}

/** What became of a step: done, try the same step again at once, or the whole stage has to stop with an outcome. */
export type StepResult =
  | { readonly kind: "done" }
  | { readonly kind: "again" }
  | { readonly kind: "stop"; readonly outcome: StageOutcome };

export const DONE: StepResult = { kind: "done" };
export const AGAIN: StepResult = { kind: "again" };
export const stop = (outcome: StageOutcome): StepResult => ({ kind: "stop", outcome });
