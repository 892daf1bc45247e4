import type { Schemas } from "../../api/generated/schema.ts";

export type Freeze = Schemas["Freeze"];

/** The window that stops a deployment's rollout now, of several the one that ends last; null when none does. */
export function freezeOf(
  freezes: readonly Freeze[],
  deployment: { readonly playbook: string; readonly environment: string },
  nowMs: number,
): Freeze | null {
  const inForce = freezes.filter(
    ({ playbook, environment, startsAt, endsAt, endedAt, isExempt }) =>
      !isExempt &&
      endedAt === null &&
      (playbook === null || playbook === deployment.playbook) &&
      (environment === null || environment === deployment.environment) &&
      Date.parse(startsAt) <= nowMs &&
      nowMs < Date.parse(endsAt),
  );
  // Only a window of the tenant's own can be passed, so one of the platform's is named first.
  const own = (freeze: Freeze): number => Number(freeze.level !== "platform");
  return (
    inForce.toSorted(
      (left, right) => own(left) - own(right) || Date.parse(right.endsAt) - Date.parse(left.endsAt),
    )[0] ?? null
  );
}
