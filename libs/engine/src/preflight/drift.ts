import type { Finding } from "@tandem/domain/plan";
import { driftOf } from "../observe/drift.ts";
import { ask } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Every bound object, in both slots: still there, still as written. A rollout is how a missing one comes back, so that it does not stop one. */
export const checkDrift: Check = async (facts) => {
  const findings: Finding[] = [];
  for (const binding of facts.view.bindings) {
    if (binding.externalId === null) continue;
    findings.push(
      ...(await ask(facts, binding.connectionId, async () => {
        const { state, changed } = await driftOf(facts.observer, binding);
        const address = binding.slot === null ? binding.address : `${binding.slot}:${binding.address}`;
        const isLive = binding.slot === null || binding.slot === facts.view.pointer.active;
        if (state === "missing" && isLive && facts.view.pointer.active !== "none")
          return [finding("live-object-missing", address, "the vendor does not know it any more")];
        return state === "drifted" ? [finding("object-drifted", address, changed.join(", "))] : [];
      })),
    );
  }
  return findings;
};
