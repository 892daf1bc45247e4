import type { JsonObject } from "@tandem/kernel";
import type { Plan } from "./change.ts";
import { masked, maskedValue } from "./field-provenance.ts";

/** The plan for anybody to read: texts under secret-sounding names are fingerprints everywhere. Its hash stays that of the plan. */
export const maskedPlan = (plan: Plan): Plan => ({
  ...plan,
  callerChanges: masked(plan.callerChanges),
  changes: plan.changes.map((change) => ({
    ...change,
    before: change.before === null ? null : (maskedValue(change.before) as JsonObject),
    after: change.after === null ? null : (maskedValue(change.after) as JsonObject),
    fields: masked(change.fields),
  })),
});
