import type { JsonObject } from "@tandem/kernel";
import { isSameJson } from "./json-equality.ts";
import type { Change, FieldChange, Finding } from "./change.ts";
import { changedText, reason } from "./change-reason.ts";
import { expanded, narrowed } from "./expansion.ts";
import { growingParts } from "./growing-parts.ts";
import { callerEffectOf, changeOf, fieldChanges, lookupIn, type Planning, type Subject } from "./planning.ts";
import { resolveKnown } from "./reference.ts";
import { driftNote, needsReplacement, outcomeOf, untouchedReason } from "./slot-change.ts";
import { planningFinding } from "./planning-finding.ts";

/**
 * Decides the changes of an object that exists once for the deployment or the account: at apply it only grows, what nobody
 * wants any more waits for retire, and what others put there stays.
 */
export function planLasting(planning: Planning, subject: Subject): void {
  const first =
    subject.observed === null ? making(planning, subject) : growth(planning, subject, subject.observed.fields);
  planning.changes.push(first);
  planning.outcomes.set(first.address, outcomeOf(first, subject));
  const grown = first.action === "create" ? null : first.after;
  if (grown !== null && subject.observed !== null)
    planNarrowing(planning, subject, isGrowing(first) ? grown : subject.observed.fields);
}

const isGrowing = (change: Change): boolean => change.action === "update";

function making(planning: Planning, subject: Subject): Change {
  const isMakeable = subject.kind.onCreate.length > 0;
  if (!isMakeable) planning.findings.push(missingObject(subject));
  const hadOne = subject.binding !== null && subject.binding.externalId !== null;
  return changeOf(subject, {
    action: isMakeable ? "create" : "no-op",
    stage: "apply",
    reason: hadOne
      ? reason("vanished", "it is gone at the vendor")
      : reason(
          "new-in-bundle",
          isMakeable ? `${ownerText(subject)} has none yet` : "it must exist at the vendor and does not",
        ),
    risk: isMakeable ? "low" : "none",
    reversible: isMakeable && subject.kind.removalIsIrreversible ? "until-switch" : "yes",
    before: null,
    after: subject.resource.fields,
    fields: isMakeable ? fieldChanges(subject, {}, subject.wanted) : [],
    ...(isMakeable && callerEffectOf(planning, subject)),
  });
}

const ownerText = (subject: Subject): string =>
  subject.resource.owner === "connection" ? "the account" : "the deployment";

function growth(planning: Planning, subject: Subject, before: JsonObject): Change {
  const after = expanded(before, subject.wanted, isInUse(planning, subject) ? "keep" : "set") as JsonObject;
  const fields = fieldChanges(subject, before, after);
  if (fields.length === 0) return untouched(subject, before, untouchedReason(subject));
  if (isUnwritable(subject, fields)) {
    planning.findings.push(needsNewObject(subject, fields));
    return untouched(subject, before, reason("left-as-found", "it cannot be changed in place"));
  }
  return changeOf(subject, {
    action: "update",
    stage: "apply",
    reason: reason("expanded", changedText(fields) + driftNote(subject)),
    risk: fields.every(({ operation }) => operation === "add") ? "low" : "medium",
    reversible: growthReversible(subject, fields),
    before,
    after,
    fields,
    ...callerEffectOf(planning, subject),
  });
}

/** Lists that only grow never give anything back; what may hold data gives nothing back once calls can have put some in. */
function growthReversible({ kind }: Subject, fields: readonly FieldChange[]): Change["reversible"] {
  const added = fields.filter(({ operation }) => operation === "add");
  const isGrowing = ({ path }: FieldChange) => Object.keys(kind.additive ?? {}).some((grown) => path.startsWith(grown));
  if (added.some(isGrowing)) return "no";
  return added.length > 0 && kind.removalIsIrreversible ? "until-switch" : "yes";
}

const isUnwritable = (subject: Subject, fields: readonly FieldChange[]): boolean =>
  subject.kind.onUpdate.length === 0 || needsReplacement(fields, subject.kind.replaceOn);

/** Whether live calls or another deployment rely on the object as it is. */
const isInUse = (planning: Planning, subject: Subject): boolean =>
  planning.previous.has(subject.resource.address) || othersUsing(planning, subject) > 0;

const othersUsing = (planning: Planning, subject: Subject): number =>
  planning.input.otherReferences.get(subject.externalKey) ?? 0;

function untouched(subject: Subject, before: JsonObject, why: Change["reason"]): Change {
  return changeOf(subject, {
    action: "no-op",
    stage: "apply",
    reason: why,
    risk: "none",
    reversible: "yes",
    before,
    after: before,
    fields: [],
  });
}

/** What remains for retire: values to set and parts to remove once neither the live release nor the new one nor another deployment needs the old. */
function planNarrowing(planning: Planning, subject: Subject, grown: JsonObject): void {
  const others = othersUsing(planning, subject);
  const live = planning.previous.get(subject.resource.address);
  const keepers = [
    subject.wanted,
    growingParts(subject.kind, grown),
    ...(live === undefined ? [] : [resolveKnown(live.fields, lookupIn(planning))]),
  ];
  const slimmer = narrowed(grown, subject.binding?.lastApplied ?? undefined, keepers);
  const after = expanded(slimmer, subject.wanted, "set") as JsonObject;
  if (isSameJson(grown, after)) return;
  const fields = fieldChanges(subject, grown, after);
  if (others > 0) return void planning.findings.push(usedElsewhere(subject, fields, others));
  if (isUnwritable(subject, fields)) return void planning.findings.push(needsNewObject(subject, fields));
  planning.changes.push(retirement(subject, grown, after, fields));
}

function retirement(subject: Subject, before: JsonObject, after: JsonObject, fields: readonly FieldChange[]): Change {
  const losesValues = fields.some(({ operation }) => operation === "remove") || fields.some(isShrinking);
  const isLossy = losesValues && subject.kind.removalIsIrreversible;
  return changeOf(subject, {
    action: "update",
    stage: "retire",
    reason: reason(
      "waits-for-retire",
      `${changedText(fields)}; waits until after bake${isLossy ? ", and cannot be brought back" : ""}${driftNote(subject)}`,
    ),
    risk: isLossy ? "high" : "medium",
    reversible: isLossy ? "no" : "yes",
    before,
    after,
    fields,
  });
}

const isShrinking = ({ before, after }: FieldChange): boolean =>
  Array.isArray(before) && Array.isArray(after) && after.length < before.length;

const missingObject = (subject: Subject): Finding =>
  planningFinding(
    "object-missing",
    subject.resource.address,
    `${subject.resource.address} was not found in the ${subject.vendor} account.`,
  );

const needsNewObject = (subject: Subject, fields: readonly FieldChange[]): Finding =>
  planningFinding("needs-new-object", subject.resource.address, `${subject.resource.address}: ${changedText(fields)}.`);

const usedElsewhere = (subject: Subject, fields: readonly FieldChange[], others: number): Finding =>
  planningFinding(
    "used-elsewhere",
    subject.resource.address,
    `${subject.resource.address}: ${changedText(fields)}; used by ${others} other deployment${others === 1 ? "" : "s"}.`,
  );
