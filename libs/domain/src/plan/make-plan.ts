import { contentHash, type Json } from "@tandem/kernel";
import { planAttach } from "./attach-change.ts";
import { callerChanges } from "./caller-changes.ts";
import type { Change, Finding, Plan } from "./change.ts";
import { costCapFindings } from "./cost-cap-finding.ts";
import { latencyEstimate } from "./latency-estimate.ts";
import { planLasting } from "./lasting-change.ts";
import { planLeftovers } from "./leftover-change.ts";
import { observedHash, routingHash } from "./observed-hash.ts";
import { observedKey, type PlanInput } from "./plan-input.ts";
import { type Planning, startPlanning, subjectOf } from "./planning.ts";
import { referencesIn } from "./reference.ts";
import { inOrder } from "./resource-order.ts";
import { planSlotOwned } from "./slot-change.ts";
import { stateReads } from "./state-reads.ts";
import { planningFinding } from "./planning-finding.ts";

/**
 * The plan of a bundle for the inactive slot against what was observed. Pure: the same input gives the same plan and hash.
 * Problems come as findings, never as exceptions; a plan with error findings must not be applied.
 */
export function makePlan(input: PlanInput): Plan {
  const planning = startPlanning(input);
  planResources(planning);
  if (input.routing !== null && !planning.changes.some(({ stage }) => stage === "attach"))
    planAttach(planning, input.routing);
  planLeftovers(planning);
  planning.findings.push(...costCapFindings(input.cost ?? null, input.costCap ?? null));
  const latency = latencyEstimate(planning.findings, input.bundle);
  const content = {
    tenantId: input.deployment.tenantId,
    deploymentId: input.deployment.id,
    targetSlot: planning.target,
    bundleHash: input.bundleHash,
    previousBundleHash: input.previous?.hash ?? null,
    base: {
      generation: input.pointer.generation,
      stateSerial: input.stateSerial,
      configVersion: input.deployment.configVersion,
    },
    observed: observedOf(planning),
    reads: stateReads(input, planning.target, input.routing?.isAttached ?? null),
    changes: planning.changes,
    callerChanges: callerChanges(input.previous?.bundle ?? null, input.bundle),
    findings: planning.findings,
    ...(latency !== null && { latency }),
    ...(input.cost && { cost: input.cost }),
    ...(input.currentCost && { currentCost: input.currentCost }),
  };
  return {
    id: input.id,
    ...content,
    hash: contentHash(content as unknown as Json),
    createdAt: input.createdAt,
    createdBy: input.createdBy,
  };
}

/** The hash that a plan must have: over everything but `id`, `createdAt`, `createdBy` and `hash` itself. */
export function planHash(plan: Plan): string {
  const { id: _id, hash: _hash, createdAt: _createdAt, createdBy: _createdBy, ...content } = plan;
  return contentHash(content as unknown as Json);
}

function planResources(planning: Planning): void {
  const { bundle, routing } = planning.input;
  const { ordered, cyclic } = inOrder(bundle.resources);
  if (cyclic.length > 0) planning.findings.push(cycle(cyclic.map(({ address }) => address)));
  planning.findings.push(...danglingReferences(planning.input));
  for (const resource of [...ordered, ...cyclic]) {
    if (routing?.address === resource.address) {
      planAttach(planning, routing);
      continue;
    }
    const subject = subjectOf(planning, resource);
    if (subject === null) continue;
    if (resource.owner === "slot") planSlotOwned(planning, subject);
    else planLasting(planning, subject);
  }
}

/** What the plan read of the vendors: each change's object, hashed. */
function observedOf({ input, changes }: Planning): Record<string, string> {
  const entries = changes.map(({ address, slot, stage }: Change): [string, string] => {
    const key = observedKey(address, slot);
    if (stage === "attach") return [key, routingHash(input.routing?.observed ?? null)];
    return [key, observedHash(input.observed.get(key) ?? null)];
  });
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function danglingReferences(input: PlanInput): Finding[] {
  const known = new Set(input.bundle.resources.map(({ address }) => address));
  return input.bundle.resources.flatMap(({ address, fields, owner }) =>
    referencesIn(fields).flatMap(({ $ref }) => {
      if (!known.has($ref)) return [dangling(address, $ref)];
      const target = input.bundle.resources.find((one) => one.address === $ref);
      return owner !== "slot" && target?.owner === "slot" ? [upward(address, $ref)] : [];
    }),
  );
}

const dangling = (address: string, target: string): Finding =>
  planningFinding("dangling-reference", address, `${address} refers to ${target}.`);

const upward = (address: string, target: string): Finding =>
  planningFinding("reference-into-slot", address, `${address} refers to ${target}.`);

const cycle = (addresses: readonly string[]): Finding =>
  planningFinding("reference-cycle", addresses[0] ?? "", `Part of the circle or behind it: ${addresses.join(", ")}.`);
