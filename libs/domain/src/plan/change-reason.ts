import type { ValueSource } from "../tenant/index.ts";
import type { Change, FieldChange } from "./change.ts";
import { parsePath } from "./field-path.ts";

/** Why a change is what it is. */
export type ReasonCode =
  | "unchanged"
  | "slot-empty"
  | "new-in-bundle"
  | "vanished"
  | "adopted"
  | "changed"
  | "behind-live"
  | "drifted"
  | "drifted-as-wanted"
  | "unpublished"
  | "slot-tainted"
  | "replaced"
  | "expanded"
  | "waits-for-retire"
  | "left-as-found"
  | "not-in-bundle"
  | "still-needed"
  | "used-elsewhere"
  | "connection-changed"
  | "first-attach"
  | "attached"
  | "routing-drifted";

/** A reason with its closed code. */
export const reason = (code: ReasonCode, text: string): Change["reason"] => ({ code, text });

/** How a layer is called in prose. */
export const SOURCE_NAMES: Readonly<Record<ValueSource, string>> = {
  playbook: "the playbook",
  "tenant-overlay": "tenant overlay",
  "deployment-overlay": "deployment overlay",
  system: "the system",
};

/** `voice_id changed from tenant overlay; prompt changed from the playbook`. */
export function changedText(fields: readonly FieldChange[]): string {
  const groups = new Map<string, string[]>();
  for (const field of fields) {
    const cause = causeOf(field);
    const names = groups.get(cause) ?? [];
    const name = parsePath(field.path).slice(0, 2).join(".") || "everything";
    if (!names.includes(name)) names.push(name);
    groups.set(cause, names);
  }
  return [...groups].map(([cause, names]) => `${listed(names)} ${cause}`).join("; ");
}

function causeOf({ operation, source, knownAfterApply }: FieldChange): string {
  if (knownAfterApply === true) return "known after apply";
  const verb = { add: "added", remove: "removed", set: "changed", move: "moved" }[operation];
  return source === undefined ? verb : `${verb} from ${SOURCE_NAMES[source]}`;
}

/** `a, b and c`; from five on `a, b, c and 2 more`. */
export function listed(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
