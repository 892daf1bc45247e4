import { contentHash, type Instant, type Json } from "@tandem/kernel";
import type { Slot } from "../slot/index.ts";
import { type DriftLook, isAstray, placeOf, type ResourceDrift } from "./look.ts";

/**
 * What a person decided about a drifted object. `adopt` its values are ours from now on, as configuration · `revert` ours are written
 * back by a rollout · `ignore` it is left as it is, and not spoken of, until a date.
 */
export type DriftAnswer = "adopt" | "revert" | "ignore";

/** One decision in force; a later one for the same object takes its place. */
export interface DriftDecision {
  readonly id: string;
  readonly address: string;
  readonly slot: Slot | null;
  readonly answer: DriftAnswer;
  /** The drifted fields that it is about, or what holds them; empty for an object that is missing (`revert` only). */
  readonly paths: readonly string[];
  /** `driftHash` of the object when it was adopted: what changes after that was not adopted. Null for the others. */
  readonly adoptedHash: string | null;
  /** End of an `ignore`; null otherwise. */
  readonly until: Instant | null;
  readonly reason: string;
  readonly decidedBy: string;
  readonly decidedAt: Instant;
  /** The plan that writes our values back; null for the others. */
  readonly planId: string | null;
}

/** Whether a decision speaks of an object and is in force. */
export const isInForce = (
  decision: Pick<DriftDecision, "address" | "slot" | "until">,
  place: Pick<ResourceDrift, "address" | "slot">,
  nowMs: number,
): boolean => placeOf(decision) === placeOf(place) && (decision.until === null || Date.parse(decision.until) > nowMs);

/** How an object has drifted, as one hash. */
export const driftHash = ({ fields }: Pick<ResourceDrift, "fields">): string => contentHash(fields as unknown as Json);

type Drifted = Pick<ResourceDrift, "address" | "slot" | "changed" | "fields">;

/** Whether somebody wants the object as it is, so that its drift neither warns nor is told. What is to be reverted is still astray. */
const settles = (decision: DriftDecision, resource: Drifted): boolean =>
  decision.answer === "ignore" || (decision.answer === "adopt" && decision.adoptedHash === driftHash(resource));

/** The drifted paths of an object that no decision in force covers. */
export function undecidedPaths(
  resource: Drifted,
  decisions: readonly DriftDecision[],
  nowMs: number,
): readonly string[] {
  const covered = decisions
    .filter((decision) => isInForce(decision, resource, nowMs) && settles(decision, resource))
    .flatMap(({ paths }) => paths);
  return resource.changed.filter((path) => !covered.some((holder) => isAtOrWithin(path, holder)));
}

const isAtOrWithin = (path: string, holder: string): boolean =>
  path === holder || path.startsWith(`${holder}.`) || path.startsWith(`${holder}[`);

/** What of a look needs somebody: objects that are missing, and drifted ones with a path that nobody decided about. Sorted. */
export function openDrift(
  look: Pick<DriftLook, "resources">,
  decisions: readonly DriftDecision[],
  nowMs: number,
): string[] {
  return look.resources
    .filter(isAstray)
    .flatMap((resource) => {
      if (resource.state === "missing") return [`${placeOf(resource)} missing`];
      return undecidedPaths(resource, decisions, nowMs).map((path) => `${placeOf(resource)} ${path}`);
    })
    .toSorted();
}

/** What a new look means for who is told. Null: nothing new. An incomplete look that shows less than the last says nothing. */
export function driftNotice(
  told: readonly string[],
  open: readonly string[],
  isComplete: boolean,
): "appeared" | "changed" | "cleared" | null {
  if (open.length === told.length && open.every((one, index) => one === told[index])) return null;
  if (!isComplete && open.every((one) => told.includes(one))) return null;
  if (told.length === 0) return "appeared";
  return open.length === 0 ? "cleared" : "changed";
}

/** Decisions that have come to their end: what was adopted or to be reverted is as written again. */
export const fulfilled = (look: DriftLook, decisions: readonly DriftDecision[]): DriftDecision[] =>
  decisions.filter(({ answer, ...decision }) => {
    if (answer === "ignore") return false;
    const resource = look.resources.find((one) => placeOf(one) === placeOf(decision));
    return resource === undefined ? look.complete : resource.state === "clean";
  });
