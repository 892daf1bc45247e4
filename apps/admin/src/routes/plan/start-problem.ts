import type { ApiProblem } from "../../api/problem.ts";
import { formatDuration } from "../../ui/time-text.ts";
import { percentText } from "../policy/number-text.ts";

/** One member in which the rollout would move with less care than the environment's policy wants. */
interface LaxMember {
  readonly member: string;
  readonly policy: unknown;
}

/**
 * What the server said about a place of the rollout's policy, e.g. `/evidence/minCalls`: what is wrong with it, or what the environment's
 * policy wants there.
 */
export const saidAt =
  (problem: ApiProblem | null) =>
  (path: string): string | null => {
    if (problem === null) return null;
    const member = membersOf(problem).find((each) => `/${each.member.replaceAll(".", "/")}` === path);
    return problem.at(`/policy${path}`) ?? (member === undefined ? null : wishOf(member));
  };

/** Whether the server said anything about this place or one within it. */
export const isSaidWithin = (problem: ApiProblem | null, path: string): boolean =>
  problem !== null &&
  (problem.fields.some((field) => field.path.startsWith(`/policy${path}`)) ||
    membersOf(problem).some(({ member }) => `/${member.replaceAll(".", "/")}`.startsWith(path)));

function membersOf({ code, details }: ApiProblem): readonly LaxMember[] {
  const { members } = details;
  return code === "policy_refused" && Array.isArray(members) ? (members as LaxMember[]) : [];
}

const RATIO = /margins\.|Rate$|Share$/;

/** In the unit of the field; what has no short form is called more care. */
function wishOf({ member, policy }: LaxMember): string {
  if (typeof policy === "number" && member.endsWith("Ms")) return `The policy wants ${formatDuration(policy)} at least`;
  if (typeof policy === "number" && RATIO.test(member))
    return `The policy wants ${percentText(policy)} %, or more care`;
  const isShort = typeof policy === "number" || (typeof policy === "string" && /^\w+$/.test(policy));
  return isShort ? `The policy wants ${policy}, or more care` : "The policy wants more care here";
}
