import type { EvidencePolicy } from "../evidence/index.ts";
import { type GatePolicy, isLaxerStrategy } from "../gate/index.ts";
import type { ReplayPolicy } from "../replay/index.ts";
import type { RolloutPolicy } from "./rollout.ts";

/** One member in which a rollout would move with less care than its gate policy wants. */
export interface LaxMember {
  readonly member: string;
  /** What the policy wants, in words. */
  readonly policy: string;
  readonly asked: string;
}

/** Fewer, other or no approvals, or longer ones. These bind whatever `mayLoosen` says. */
function approvalMembers(floor: GatePolicy, asked: RolloutPolicy): (LaxMember | false)[] {
  const wanted = asked.approval === "none" ? 0 : (asked.approvals ?? 1);
  const isRequired = floor.approvals > 0;
  const foreign = (asked.approvers ?? ["anybody"]).filter((role) => !(floor.approvers as string[]).includes(role));
  return [
    wanted < floor.approvals && lax("approvals", floor.approvals, wanted),
    isRequired && wanted > 0 && foreign.length > 0 && lax("approvers", floor.approvers.join(", "), foreign.join(", ")),
    isRequired &&
      asked.authorMayApprove === true &&
      !floor.authorMayApprove &&
      lax("authorMayApprove", false, asked.authorMayApprove),
    asked.approvalTtlMs > floor.approvalTtlMs && lax("approvalTtlMs", floor.approvalTtlMs, asked.approvalTtlMs),
  ];
}

/** The last gate, and the watch over it. */
function watchMembers(floor: GatePolicy, asked: RolloutPolicy): (LaxMember | false)[] {
  const strategy = asked.strategy ?? { kind: "blue-green" };
  const foreign = (asked.promoters ?? ["anybody"]).filter((role) => !(floor.promoters as string[]).includes(role));
  return [
    floor.promotion === "manual" && asked.promotion !== "manual" && lax("promotion", floor.promotion, asked.promotion),
    floor.promotion === "manual" &&
      foreign.length > 0 &&
      lax("promoters", floor.promoters.join(", "), foreign.join(", ")),
    asked.bakeMs < floor.bakeMs && lax("bakeMs", floor.bakeMs, asked.bakeMs),
    isLaxerStrategy(floor.strategy, strategy) && lax("strategy", words(floor.strategy), words(strategy)),
    ...evidenceMembers(floor.evidence, asked.evidence),
    ...replayMembers(floor.replay, asked.replay),
  ];
}

const strictness = { off: 0, show: 1, hold: 2 } as const;

function replayMembers(floor: ReplayPolicy | undefined, asked: ReplayPolicy | undefined): (LaxMember | false)[] {
  if (floor === undefined || floor.gate === "off") return [];
  if (asked === undefined) return [lax("replay", floor.gate, "none")];
  return [
    strictness[asked.gate] < strictness[floor.gate] && lax("replay.gate", floor.gate, asked.gate),
    asked.sessions < floor.sessions && lax("replay.sessions", floor.sessions, asked.sessions),
    asked.maxDifferingShare > floor.maxDifferingShare &&
      lax("replay.maxDifferingShare", floor.maxDifferingShare, asked.maxDifferingShare),
  ];
}

function evidenceMembers(floor: EvidencePolicy | null, asked: EvidencePolicy | undefined): (LaxMember | false)[] {
  if (floor === null) return [];
  if (asked === undefined) return [lax("evidence", "wanted", "none")];
  const margins = Object.entries(floor.margins).map(([metric, most]) => {
    const margin = asked.margins[metric as keyof typeof floor.margins];
    return (margin === undefined || margin > most) && lax(`evidence.margins.${metric}`, most, margin ?? "not judged");
  });
  return [
    asked.minCalls < floor.minCalls && lax("evidence.minCalls", floor.minCalls, asked.minCalls),
    asked.extendMs < floor.extendMs && lax("evidence.extendMs", floor.extendMs, asked.extendMs),
    floor.whenInconclusive === "hold" &&
      asked.whenInconclusive !== "hold" &&
      lax("evidence.whenInconclusive", "hold", asked.whenInconclusive),
    ...margins,
    asked.falseBreachRate < floor.falseBreachRate &&
      lax("evidence.falseBreachRate", floor.falseBreachRate, asked.falseBreachRate),
    asked.falsePassRate > floor.falsePassRate &&
      lax("evidence.falsePassRate", floor.falsePassRate, asked.falsePassRate),
  ];
}

const words = (value: object): string => JSON.stringify(value);

const lax = (member: string, policy: unknown, asked: unknown): LaxMember => ({
  member,
  policy: String(policy),
  asked: String(asked),
});

/** Every member of a rollout's policy that is laxer than its gate policy allows; empty when the rollout may begin so. */
export function laxMembers(floor: GatePolicy, asked: RolloutPolicy): readonly LaxMember[] {
  const members = [...approvalMembers(floor, asked), ...(floor.mayLoosen ? [] : watchMembers(floor, asked))];
  return members.filter((member) => member !== false);
}
