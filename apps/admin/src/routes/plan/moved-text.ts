import type { Schemas } from "../../api/generated/schema.ts";

export type Moved = Schemas["MovedPath"];

const HASH = /^(sha256:)?[0-9a-f]{40,}$/;

/** What of the plan's ground has moved, in a sentence. */
export function movedText({ path, planned, now }: Moved): string {
  const values = [planned, now].map(String);
  const isTold = values.every((value) => !HASH.test(value) && value !== "absent");
  const numbers = isTold ? ` (${values[0]}, now ${values[1]})` : "";
  return `${subjectOf(path)}${numbers}`;
}

function subjectOf(path: string): string {
  if (path === "pointer.generation") return "The pointer has moved";
  if (path === "pointer.active" || path === "state.pointer.active") return "Another slot is live";
  if (path === "configuration.version") return "The configuration was saved again";
  if (path === "state.attachment") return "The number was attached or detached";
  if (path === "state.serial") return "The state of the slots is another";
  if (path === "bundle.hash") return "The release is another";
  if (path === "plan.hash") return "The rollout has another plan";
  return (
    partOf(path, "state.slot/", "What slot", "holds is another") ??
    partOf(path, "state.binding/", "What", "is bound to is another object") ??
    partOf(path, "observed.", "At the vendor,", "is not as it was read") ??
    path
  );
}

const partOf = (path: string, begin: string, before: string, after: string): string | null =>
  path.startsWith(begin) ? `${before} ${path.slice(begin.length)} ${after}` : null;
