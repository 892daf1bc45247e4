import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Plan as PlanShape } from "@tandem/contracts";
import { applyFieldChanges, diffFields, type FieldChange, parsePath, revertFieldChanges } from "@tandem/domain/plan";
import { canonicalJson, isJsonObject, type Json } from "@tandem/kernel";
import { damagedText } from "./chance.ts";
import { misshapen } from "./manifest-damage.ts";
import type { Judgement, Target } from "./target.ts";

const FOLDER = join(import.meta.dirname, "../../playbooks");

/** Every value that the plans of the playbooks that ship speak of. */
const values: readonly Json[] = ["after-hours-answering", "lead-qualifier"].flatMap((name) => {
  const golden = JSON.parse(readFileSync(join(FOLDER, name, "plan.golden.json"), "utf8")) as Json;
  return objectsIn(golden).filter((value) => canonicalJson(value).length < 3000);
});

function objectsIn(value: Json): Json[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = (Array.isArray(value) ? value : Object.values(value)).flatMap(objectsIn);
  return isJsonObject(value) ? [value, ...inner] : inner;
}

type Case =
  | { readonly about: "plan"; readonly plan: Json }
  | { readonly about: "diff"; readonly before: Json; readonly after: Json }
  | { readonly about: "changes"; readonly value: Json; readonly changes: Json }
  | { readonly about: "path"; readonly path: string };

/** Plans as files and as answers, misshapen; and what they are made of: differences, changes and paths of fields. */
export const plans: Target<Case> = {
  name: "plans",
  full: 100_000,
  make(chance) {
    const way = chance.below(4);
    const value = chance.pick(values);
    const other = misshapen(chance, chance.once(2) ? misshapen(chance, value) : value) as Json;
    if (way === 0) return { about: "plan", plan: misshapen(chance, plan(value)) as Json };
    if (way === 1) return { about: "path", path: damagedText(chance, chance.pick(PATHS)) };
    if (way === 2) return { about: "diff", before: value, after: other };
    const changes = JSON.parse(JSON.stringify(diffFields(value, other))) as Json;
    return { about: "changes", value: chance.once(2) ? value : other, changes: misshapen(chance, changes) as Json };
  },
  judge(given) {
    if (given.about === "plan") return judgedPlan(given.plan);
    if (given.about === "diff") return judgedDifference(given.before, given.after);
    if (given.about === "path") return onlyTypeErrors(() => parsePath(given.path));
    const changes = fieldChanges.safeParse(given.changes);
    if (!changes.success) return { kind: "refused: changes" };
    return onlyTypeErrors(() => applyFieldChanges(given.value, changes.data as FieldChange[]));
  },
};

const fieldChanges = PlanShape.shape.changes.element.shape.fields;
const PATHS = ["tools[book].url", 'a["b.c"][0].d', "conversation.objectives[save].next[0].to", '["\\"x"]', "a.b.c", ""];

/** A plan as the API shows it, with one change. */
const plan = (value: Json): Json => ({
  id: "01900000-0000-7000-8000-000000000000",
  changes: [
    { address: "voice-agent.agent/main", action: "update", stage: "apply", before: value, after: value, fields: [] },
  ],
});

function judgedPlan(given: Json): Judgement {
  const parsed = PlanShape.safeParse(given);
  if (!parsed.success)
    return parsed.error.issues.length > 0 ? { kind: "refused: plan" } : { kind: "refused", violation: "nothing said" };
  return { kind: "accepted: plan" };
}

/** Applying a difference gives the other value, reverting it gives the first one back. */
function judgedDifference(before: Json, after: Json): Judgement {
  const changes = diffFields(before, after);
  const kind = `accepted: difference`;
  if (canonicalJson(applyFieldChanges(before, changes)) !== canonicalJson(after))
    return { kind, violation: "applying the difference does not give the other value" };
  if (canonicalJson(revertFieldChanges(after, changes)) !== canonicalJson(before))
    return { kind, violation: "reverting the difference does not give the first value" };
  for (const { path } of changes) parsePath(path);
  return { kind };
}

function onlyTypeErrors(work: () => unknown): Judgement {
  try {
    work();
    return { kind: "accepted" };
  } catch (error) {
    const isTyped =
      error instanceof TypeError &&
      /not a field path|cannot change|no new value|exists already|there is no/.test(error.message);
    if (isTyped) return { kind: "refused: not a path or change" };
    return { kind: "threw", violation: `threw ${(error as Error).name}: ${(error as Error).message}`.slice(0, 200) };
  }
}
