import { contentHash } from "@tandem/kernel";
import { resolveReferences } from "@tandem/domain/plan";
import type { Step } from "@tandem/domain/rollout";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import { Interrupted } from "../journal.ts";
import type { StageOutcome, StageRun } from "../stage.ts";
import { attempt } from "./attempt.ts";
import { BindingBook } from "./binding-book.ts";
import { refusalOf } from "./guard.ts";
import { resume } from "./resume.ts";
import type { StepRun } from "./step-run.ts";

/** A step that is not over yet. */
export const isOpen = (step: Step): boolean => step.state === "pending" || step.state === "intent";

/** The open steps of a stage in order. */
export const openSteps = (run: StageRun, stage: Step["stage"]): readonly Step[] =>
  run.view.steps.filter((step) => step.stage === stage && isOpen(step)).toSorted((left, right) => left.seq - right.seq);

const books = new WeakMap<StageRun, BindingBook>();

/** The bindings as this look knows them, whatever stage of steps wrote them: removals go by what the writes before them have bound. */
function bookOf(run: StageRun): BindingBook {
  const book = books.get(run) ?? new BindingBook(run.view.bindings);
  books.set(run, book);
  return book;
}

/** Runs the open steps of a stage, in order, each journaled. Null when all are over; else the outcome that the stage ends with. */
export async function runSteps(run: StageRun, stage: Step["stage"]): Promise<StageOutcome | null> {
  const book = bookOf(run);
  const known = Math.max(-1, ...run.view.steps.map(({ seq }) => seq));
  let lastSeq = known;
  const nextSeq = () => ++lastSeq;
  for (const step of openSteps(run, stage)) {
    const outcome = await runOne(run, step, book, nextSeq);
    if (outcome !== null) return outcome;
  }
  if (lastSeq > known) throw new Interrupted("steps were added");
  return null;
}

async function runOne(
  run: StageRun,
  step: Step,
  book: BindingBook,
  nextSeq: () => number,
): Promise<StageOutcome | null> {
  if (run.context.isStopping()) throw new Interrupted("stopping");
  const notBeforeMs = step.notBefore === null ? 0 : Date.parse(step.notBefore) - run.nowMs();
  if (notBeforeMs > 0) return { event: "wait", reason: reasonToKeep(run, step), dueInMs: notBeforeMs };
  const refused = refusalOf(step.stage, step.operation, run.view.pointer, run.target);
  if (refused !== null) return { event: "hold", reason: { code: "outside-slot", detail: refused } };
  const stepRun = await prepare(run, step, book, nextSeq);
  const result = step.state === "intent" ? await resume(stepRun) : await attempt(stepRun);
  if (result.kind === "stop") return result.outcome;
  if (result.kind === "done") return null;
  throw new Interrupted("the step is read again");
}

/** Why the step has to wait: as the rollout says already, and where it says nothing as the step itself tells. */
function reasonToKeep({ rollout }: StageRun, step: Step): NonNullable<StageOutcome["reason"]> {
  const { reason } = rollout;
  if (reason === null)
    return { code: step.state === "intent" ? "settling" : "vendor-retrying", detail: step.operation.address };
  return { code: reason.code === "vendor-throttled" ? "vendor-throttled" : "vendor-retrying", detail: reason.detail };
}

/** Everything that one step needs: its kind, its connection, and what is sent with references resolved from the bindings. */
export async function prepare(run: StageRun, step: Step, book: BindingBook, nextSeq: () => number): Promise<StepRun> {
  const { operation } = step;
  const bound = book.of(operation);
  const target: WriteTarget = {
    kind: operation.kind,
    externalKey: operation.externalKey,
    externalId: operation.verb === "create" ? null : (operation.externalId ?? bound?.externalId ?? null),
    fields:
      operation.fields === null ? null : resolveReferences(operation.fields, book.all(), operation.slot ?? run.target),
    label: labelOf(run, step),
  };
  return {
    run,
    step,
    book,
    kind: run.context.vendors.kind(operation.vendor, operation.kind),
    connection: await run.connections.open(operation.connectionId),
    target,
    requestHash: requestHashOf(step, target),
    nextSeq,
  };
}

/** Names an object in the vendor's dashboard: deployment, slot and our name of the thing. */
const labelOf = (run: StageRun, { operation }: Step): string =>
  [
    run.view.deployment.name,
    ...(operation.slot === null ? [] : [operation.slot]),
    operation.address.split("/").at(-1) ?? operation.address,
  ].join(" / ");

const requestHashOf = ({ operation }: Step, target: WriteTarget): string =>
  contentHash({
    verb: operation.verb,
    kind: target.kind,
    externalKey: target.externalKey,
    externalId: target.externalId,
    fields: target.fields,
  });
