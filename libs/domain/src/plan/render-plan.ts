import type { Change, ChangeAction, Plan } from "./change.ts";
import { type Paint, plainPaint } from "./paint.ts";

/** How a plan is put in words. */
export interface RenderOptions {
  /** Colours; none by default. */
  readonly paint?: Paint;
  /** Width to keep to, in characters; 100 by default. */
  readonly columns?: number;
  /** What people call the deployment and the release, e.g. `acme/front-desk` and `after-hours-answering 1.2.0`. */
  readonly deploymentName?: string;
  readonly releaseName?: string;
}

const ACTIONS: readonly ChangeAction[] = ["create", "update", "replace", "delete"];

/** `Plan: 3 to create, 1 to update, 0 to replace, 0 to delete, 5 unchanged`. */
export function planSummary(plan: Pick<Plan, "changes">): string {
  const count = (action: ChangeAction): number =>
    plan.changes.filter((change: Change) => change.action === action).length;
  return `Plan: ${ACTIONS.map((action) => `${count(action)} to ${action}`).join(", ")}, ${count("no-op")} unchanged`;
}

/** A plan in prose for people, without trailing newline. */
export function renderPlan(plan: Plan, options: RenderOptions = {}): string {
  const paint = options.paint ?? plainPaint;
  const lines = plan.changes.map((change) => `${change.action} ${change.address}: ${change.reason.text}`);
  return [...lines, paint("title", planSummary(plan))].join("\n");
}
