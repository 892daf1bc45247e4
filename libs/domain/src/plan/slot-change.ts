import type { JsonObject } from "@tandem/kernel";
import { driftedFields } from "./drifted-fields.ts";
import { isSameJson } from "./json-equality.ts";
import type { Change, FieldChange } from "./change.ts";
import { changedText, reason } from "./change-reason.ts";
import { callerEffectOf, changeOf, fieldChanges, type Outcome, type Planning, type Subject } from "./planning.ts";

/** Decides the one change of a slot-owned resource in the slot that is being filled, and what references to it will find. */
export function planSlotOwned(planning: Planning, subject: Subject): void {
  const change =
    subject.observed === null ? creation(planning, subject) : overwrite(planning, subject, subject.observed.fields);
  planning.changes.push(change);
  planning.outcomes.set(change.address, outcomeOf(change, subject));
}

/** What survives a change: all of a no-op, the id of an update (and its version where the kind has none to publish), nothing else. */
export function outcomeOf(change: Change, subject: Subject): Outcome {
  const existing = subject.observed;
  if (existing === null || (change.action !== "no-op" && change.action !== "update"))
    return { externalId: null, version: null };
  const keepsVersion = change.action === "no-op" || !subject.kind.onUpdate.some((verb) => verb !== "update");
  return { externalId: existing.externalId, version: keepsVersion ? existing.version : null };
}

function creation(planning: Planning, subject: Subject): Change {
  return changeOf(subject, {
    action: "create",
    stage: "apply",
    reason: creationReason(planning, subject),
    risk: "low",
    reversible: "until-retire",
    before: null,
    after: subject.resource.fields,
    fields: fieldChanges(subject, {}, subject.wanted),
    ...callerEffectOf(planning, subject),
  });
}

function creationReason(planning: Planning, subject: Subject): Change["reason"] {
  const { target, input } = planning;
  const { name, version } = input.bundle.playbook;
  if (subject.binding !== null && subject.binding.externalId !== null)
    return reason("vanished", `it is gone at the vendor; ${target} needs it`);
  if (input.slots[target].state === "empty") return reason("slot-empty", `${target} holds nothing yet`);
  if (planning.previous.has(subject.resource.address))
    return reason("behind-live", `the live release has it, ${target} does not yet`);
  return reason("new-in-bundle", `new in ${name} ${version}`);
}

function overwrite(planning: Planning, subject: Subject, before: JsonObject): Change {
  const fields = fieldChanges(subject, before, subject.wanted);
  const isTainted = planning.input.slots[planning.target].state === "tainted";
  const action = overwriteAction(subject, fields, isTainted);
  if (action === "no-op") return untouched(subject, before);
  const effect = callerEffectOf(planning, subject);
  return changeOf(subject, {
    action,
    stage: "apply",
    reason: overwriteReason(planning, subject, fields, isTainted),
    risk: action === "replace" || effect.callerEffect !== undefined ? "medium" : "low",
    reversible: "until-retire",
    before,
    after: subject.resource.fields,
    fields,
    ...effect,
  });
}

function overwriteAction(
  subject: Subject,
  fields: readonly FieldChange[],
  isTainted: boolean,
): "no-op" | "update" | "replace" {
  const { kind, observed } = subject;
  const needsPublish =
    observed?.published === false && (kind.onCreate.includes("publish") || kind.onUpdate.includes("publish"));
  if (fields.length === 0 && !isTainted && !needsPublish) return "no-op";
  return kind.onUpdate.length === 0 || needsReplacement(fields, kind.replaceOn) ? "replace" : "update";
}

/** Whether any change touches, holds or lies within a field that cannot be changed in place. */
export const needsReplacement = (fields: readonly FieldChange[], replaceOn: readonly string[]): boolean =>
  fields.some(({ path }) =>
    replaceOn.some((field) => path === "" || isAtOrBelow(path, field) || isAtOrBelow(field, path)),
  );

const isAtOrBelow = (path: string, holder: string): boolean =>
  path === holder || path.startsWith(`${holder}.`) || path.startsWith(`${holder}[`);

/** Whether what the vendor holds differs from what we last wrote there. */
export const isDrifted = ({ binding, observed }: Subject): boolean =>
  binding !== null &&
  binding.lastApplied !== null &&
  observed !== null &&
  driftedFields(binding.lastApplied, observed.fields).length > 0;

function untouched(subject: Subject, before: JsonObject): Change {
  return changeOf(subject, {
    action: "no-op",
    stage: "apply",
    reason: untouchedReason(subject),
    risk: "none",
    reversible: "yes",
    before,
    after: subject.resource.fields,
    fields: [],
  });
}

/** Why nothing needs to be done: found as wanted, whoever made it so. */
export function untouchedReason(subject: Subject): Change["reason"] {
  if (subject.binding === null || subject.binding.externalId === null)
    return reason("adopted", "it exists by our key and is as wanted");
  if (isDrifted(subject)) return reason("drifted-as-wanted", "changed at the vendor outside Tandem, to what is wanted");
  return reason("unchanged", "as wanted");
}

function overwriteReason(
  planning: Planning,
  subject: Subject,
  fields: readonly FieldChange[],
  isTainted: boolean,
): Change["reason"] {
  const { target } = planning;
  if (isTainted)
    return reason(
      "slot-tainted",
      `an apply to ${target} did not finish: everything in it is written anew${driftNote(subject)}`,
    );
  if (fields.length === 0) return reason("unpublished", `it has content that is not published${driftNote(subject)}`);
  if (isDrifted(subject) && subject.binding !== null && isSameJson(subject.binding.lastApplied, subject.wanted)) {
    return reason("drifted", `changed at the vendor outside Tandem: ${pathsOf(fields)} put back`);
  }
  const live = planning.previous.get(subject.resource.address);
  if (
    live !== undefined &&
    isSameJson(live.fields, subject.resource.fields) &&
    !fields.every((field) => field.knownAfterApply)
  ) {
    return reason("behind-live", `same as live; ${target} still holds an older release${driftNote(subject)}`);
  }
  const code =
    subject.kind.onUpdate.length === 0 || needsReplacement(fields, subject.kind.replaceOn) ? "replaced" : "changed";
  return reason(
    code,
    changedText(fields) + (code === "replaced" ? "; it cannot be changed in place" : "") + driftNote(subject),
  );
}

const pathsOf = (fields: readonly FieldChange[]): string =>
  fields
    .map(({ path }) => path)
    .slice(0, 3)
    .join(", ");

/** For the end of a reason: that somebody else changed the object, too. */
export const driftNote = (subject: Subject): string =>
  isDrifted(subject) ? "; it was also changed at the vendor outside Tandem" : "";
