import { placeOf, undecidedPaths } from "@tandem/domain/drift";
import type { Finding } from "@tandem/domain/plan";
import type { Binding } from "@tandem/domain/slot";
import { type Drift, driftOf } from "../observe/drift.ts";
import { ask } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

/**
 * Every bound object, in both slots: still there, still as written, apart from what somebody decided to adopt or to ignore. A rollout is
 * how a missing one comes back, so that it does not stop one.
 */
export const checkDrift: Check = async (facts) => {
  const findings: Finding[] = [];
  for (const binding of facts.view.bindings) {
    if (binding.externalId === null) continue;
    findings.push(
      ...(await ask(facts, binding.connectionId, async () =>
        judge(facts, binding, await driftOf(facts.observer, binding)),
      )),
    );
  }
  return findings;
};

function judge({ view }: PreflightFacts, binding: Binding, { state, fields }: Drift): Finding[] {
  const isLive = binding.slot === null || binding.slot === view.pointer.active;
  if (state === "missing" && isLive && view.pointer.active !== "none")
    return [finding("live-object-missing", placeOf(binding), "the vendor does not know it any more")];
  const drifted = { ...binding, fields, changed: fields.map(({ path }) => path) };
  const paths = undecidedPaths(drifted, view.driftDecisions ?? [], Date.parse(view.now));
  return paths.length === 0 ? [] : [finding("object-drifted", placeOf(binding), paths.join(", "))];
}
