import type { CallerStep, SmokeScenario } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Connection } from "@tandem/domain/tenant";
import type { CallPlan, PlannedCall, SkippedCall } from "./planned-call.ts";
import { roleOfTool, writesAtVendor } from "./tool-role.ts";

type Step = SmokeScenario["steps"][number];

/** True for scenarios in which a caller talks. */
export const isConversation = ({ steps }: SmokeScenario): boolean => steps.some(isCallerStep);

export const isCallerStep = (step: Step): step is CallerStep => step.do !== "answer" && step.do !== "tool";

/** The steps of a scenario that a caller takes. */
export const callerSteps = ({ steps }: SmokeScenario): readonly CallerStep[] => steps.filter(isCallerStep);

/** Where a release's smoke test may write. */
export type WritePolicy = readonly Pick<Connection, "id" | "smokeWrites">[];

/**
 * The playbook's own conversations. One that needs a write where the connection allows none (ruling 30) is not held at all: half of it
 * would be another conversation.
 */
export function playbookCalls(bundle: ReleaseBundle, connections: WritePolicy): CallPlan {
  const calls: PlannedCall[] = [];
  const skipped: SkippedCall[] = [];
  for (const scenario of bundle.smoke.filter(isConversation)) {
    const steps = callerSteps(scenario);
    const forbidden = forbiddenWrites(bundle, connections, steps);
    const { name } = scenario;
    if (forbidden.length > 0) skipped.push(skippedFor({ name, origin: "playbook" }, forbidden));
    else
      calls.push({ name, origin: "playbook", steps, faults: scenario.faults ?? [], isSilent: false, also: () => [] });
  }
  return { calls, skipped };
}

export const skippedFor = (call: Pick<SkippedCall, "name" | "origin">, forbidden: readonly string[]): SkippedCall => ({
  ...call,
  reduced: `not held: ${forbidden.join(", ")} would write where smoke tests may not`,
  skippedWrites: forbidden.length,
});

/** Tools that the steps expect to have written, where no write is allowed. */
export function forbiddenWrites(
  bundle: ReleaseBundle,
  connections: WritePolicy,
  steps: readonly CallerStep[],
): readonly string[] {
  const expected = new Set(steps.flatMap((step) => (step.do === "expect-tool" ? [step.tool] : [])));
  return bundle.tools
    .filter((tool) => expected.has(tool.name) && isForbidden(bundle, connections, tool))
    .map(({ name }) => name);
}

export function isForbidden(
  bundle: ReleaseBundle,
  connections: WritePolicy,
  tool: ReleaseBundle["tools"][number],
): boolean {
  if (!writesAtVendor(tool)) return false;
  const role = roleOfTool(tool);
  const connectionId = role === null ? undefined : bundle.connections[role]?.connectionId;
  return connections.find(({ id }) => id === connectionId)?.smokeWrites !== "test-objects";
}
