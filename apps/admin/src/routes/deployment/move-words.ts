import type { Schemas } from "../../api/generated/schema.ts";

/** What a move of the pointer did, for people. */
export function moveWords({ cause, pointer }: Pick<Schemas["PointerMove"], "cause" | "pointer">): string {
  const { active, candidate, weightBp } = pointer;
  switch (cause) {
    case "switch":
      return `Switched to ${active}`;
    case "shift":
      return candidate === null ? `All new calls on ${active}` : `Canary: ${weightBp / 100} % on ${candidate}`;
    case "rollback":
      return `Rolled back to ${active}`;
    case "divert":
      return "Diverted to people";
    case "resume":
      return `Divert ended, calls on ${active}`;
    case "detach":
      return "Detached: the number has its old routing";
  }
}
