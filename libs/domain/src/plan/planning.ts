import type { JsonObject } from "@tandem/kernel";
import type { BundleResource } from "../release/index.ts";
import { type Binding, externalKey, type Slot } from "../slot/index.ts";
import type { Change, FieldChange, Finding } from "./change.ts";
import { isSameJson } from "./json-equality.ts";
import { diffFields } from "./field-diff.ts";
import { explained, masked } from "./field-provenance.ts";
import { type KindFacts, observedKey, type ObservedObject, type PlanInput } from "./plan-input.ts";
import { type ReferenceLookup, resolveKnown } from "./reference.ts";
import { targetSlotOf } from "./target-slot.ts";
import { planningFinding } from "./planning-finding.ts";

/** What a reference to a resource will find: null where it is only known after apply. */
export interface Outcome {
  readonly externalId: string | null;
  readonly version: string | null;
}

/** One plan being made: the input, the slot it fills, and what is decided so far. */
export interface Planning {
  readonly input: PlanInput;
  readonly target: Slot;
  readonly changes: Change[];
  readonly findings: Finding[];
  readonly outcomes: Map<string, Outcome>;
  readonly bindings: ReadonlyMap<string, Binding>;
  /** Resources of the active slot's bundle, by address. */
  readonly previous: ReadonlyMap<string, BundleResource>;
}

/** Begins a plan. */
export function startPlanning(input: PlanInput): Planning {
  return {
    input,
    target: targetSlotOf(input.pointer),
    changes: [],
    findings: [...input.findings],
    outcomes: new Map(),
    bindings: new Map(input.bindings.map((binding) => [observedKey(binding.address, binding.slot), binding])),
    previous: new Map(input.previous?.bundle.resources.map((resource) => [resource.address, resource])),
  };
}

/** One resource of the bundle with everything that its change is decided from. */
export interface Subject {
  readonly resource: BundleResource;
  readonly kind: KindFacts;
  readonly vendor: string;
  readonly connectionId: string;
  readonly slot: Slot | null;
  readonly externalKey: string;
  /** Null when there is none or it belongs to another account. */
  readonly binding: Binding | null;
  readonly observed: ObservedObject | null;
  /** The resource's fields with every reference that is known by now replaced. */
  readonly wanted: JsonObject;
}

/** Gathers a resource's facts; null (with a finding) when its role has no connection or its vendor no such kind. */
export function subjectOf(planning: Planning, resource: BundleResource): Subject | null {
  const { input, target } = planning;
  const connection = input.bundle.connections[resource.role];
  if (connection === undefined) {
    planning.findings.push(missingConnection(resource));
    return null;
  }
  const kind = input.kinds(connection.vendor, resource.kind);
  if (kind === null) {
    planning.findings.push(unknownKind(resource, connection.vendor));
    return null;
  }
  const slot = resource.owner === "slot" ? target : null;
  const binding = planning.bindings.get(observedKey(resource.address, slot)) ?? null;
  const isElsewhere = binding !== null && binding.connectionId !== connection.connectionId;
  return {
    resource,
    kind,
    vendor: connection.vendor,
    connectionId: connection.connectionId,
    slot,
    externalKey: keyFor(input, resource.owner, connection.connectionId, target, resource.address),
    binding: isElsewhere ? null : binding,
    observed: isElsewhere ? null : (input.observed.get(observedKey(resource.address, slot)) ?? null),
    wanted: resolveKnown(resource.fields, lookupIn(planning)) as JsonObject,
  };
}

/** Answers references from what is decided so far. */
export const lookupIn =
  (planning: Planning): ReferenceLookup =>
  ({ $ref, part }) =>
    planning.outcomes.get($ref)?.[part] ?? null;

/** The external key of an address under its owner. */
export function keyFor(
  input: PlanInput,
  owner: Change["owner"],
  connectionId: string,
  slot: Slot,
  address: string,
): string {
  const { tenantId, id: deploymentId } = input.deployment;
  if (owner === "connection") return externalKey(input.installKey, { owner, tenantId, connectionId }, address);
  if (owner === "deployment") return externalKey(input.installKey, { owner, tenantId, deploymentId }, address);
  return externalKey(input.installKey, { owner, tenantId, deploymentId, slot }, address);
}

/** The members of a change that follow from its subject. */
export function changeOf(
  subject: Subject,
  decided: Pick<Change, "action" | "stage" | "reason" | "risk" | "reversible" | "before" | "after" | "fields"> & {
    readonly callerEffect?: string;
  },
): Change {
  const { resource, observed } = subject;
  const isNew = decided.action === "create";
  return {
    address: resource.address,
    kind: resource.kind,
    vendor: subject.vendor,
    connectionId: subject.connectionId,
    owner: resource.owner,
    slot: subject.slot,
    externalKey: subject.externalKey,
    externalId: isNew ? null : (observed?.externalId ?? null),
    dependsOn: resource.dependsOn,
    ...decided,
    ...(!isNew && observed !== null && { existing: { version: observed.version, published: observed.published } }),
  };
}

/** Differences between two states of a subject, with provenance and secrets masked. */
export const fieldChanges = (subject: Subject, before: JsonObject, after: JsonObject): FieldChange[] =>
  masked(explained(diffFields(before, after), after, subject.resource.sources));

/** What callers will notice once the slot is active: nothing when the live bundle has the same already. */
export function callerEffectOf(planning: Planning, subject: Subject): { callerEffect?: string } {
  const live = planning.previous.get(subject.resource.address);
  const isSameAsLive = live !== undefined && isSameJson(live.fields, subject.resource.fields);
  return subject.kind.callerEffect === null || isSameAsLive ? {} : { callerEffect: subject.kind.callerEffect };
}

const missingConnection = (resource: BundleResource): Finding =>
  planningFinding(
    "connection-missing",
    resource.address,
    `${resource.address} needs a connection for ${resource.role}.`,
  );

const unknownKind = (resource: BundleResource, vendor: string): Finding =>
  planningFinding("unknown-kind", resource.address, `${vendor} does not offer ${resource.kind}.`);
