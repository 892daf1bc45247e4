import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";
import type { Phase } from "../rollout/stages.ts";
import { PHASE_WORDS, phaseTone } from "../rollout/words.ts";

export type PlanState = Schemas["PlanState"];
export type Plan = Schemas["Plan"];
export type Change = Schemas["Change"];
export type FieldChange = Schemas["FieldChange"];
export type Finding = Schemas["Finding"];
export type Standing = Schemas["PlanStanding"];

/** How a plan stands as a whole, the worst first. */
export type PlanStand = "pending" | "failed" | "used" | "stale" | "blocked" | "ready";

export function standOf({ state, standing, plan }: PlanState): PlanStand {
  if (state !== "ready") return state;
  if (standing.rollouts.length > 0) return "used";
  if (standing.moved.length > 0) return "stale";
  return plan?.findings.some(({ severity }) => severity === "error") === true ? "blocked" : "ready";
}

interface StandWords {
  readonly tone: Tone;
  readonly word: string;
}

const STANDS: Readonly<Record<Exclude<PlanStand, "used">, StandWords>> = {
  pending: { tone: "busy", word: "being made" },
  failed: { tone: "bad", word: "could not be made" },
  stale: { tone: "warn", word: "stale" },
  blocked: { tone: "bad", word: "blocked by findings" },
  ready: { tone: "good", word: "ready" },
};

/** How the plan stands in a word; of one that has a rollout, how that stands. */
export function standWords(state: PlanState): StandWords {
  const stand = standOf(state);
  if (stand !== "used") return STANDS[stand];
  const phase = state.standing.rollouts[0]?.phase ?? "succeeded";
  return { tone: phaseTone(phase), word: phase === "succeeded" ? "rolled out" : PHASE_WORDS[phase] };
}

const ENDS: Readonly<Partial<Record<Phase, string>>> = {
  succeeded: "This plan was rolled out",
  "rolled-back": "This plan was rolled out, and rolled back",
  aborted: "The rollout of this plan was aborted",
  failed: "The rollout of this plan failed",
  held: "The rollout of this plan is held",
};

/** What has become of the plan by its rollout. */
export const usedTitle = (phase: Phase): string =>
  ENDS[phase] ?? `The rollout of this plan is in progress: ${PHASE_WORDS[phase]}`;

/** Nothing to do and nothing to tell. */
const isQuiet = ({ action, reason }: Change): boolean =>
  action === "no-op" && (reason.code === "unchanged" || reason.code === "attached");

export interface VendorChanges {
  readonly vendor: string;
  /** What happens there, in the order in which it is done. */
  readonly loud: readonly Change[];
  /** Addresses of what stays as it is. */
  readonly quiet: readonly string[];
}

/** The changes vendor by vendor, in the order of the plan. */
export function changesByVendor(changes: readonly Change[]): VendorChanges[] {
  return [...Map.groupBy(changes, ({ vendor }) => vendor)].map(([vendor, own]) => {
    const loud = own.filter((change) => !isQuiet(change));
    const told = new Set(loud.map(({ address }) => address));
    const quiet = own.map(({ address }) => address).filter((address) => !told.has(address));
    return { vendor, loud, quiet: [...new Set(quiet)] };
  });
}

const ACTIONS = ["create", "update", "replace", "delete"] as const;

/** `4 to create, 1 to update`; what is not there is not counted. */
export function countedActions(changes: readonly Change[]): string {
  const counts = ACTIONS.map((action) => [action, changes.filter((each) => each.action === action).length] as const);
  const said = counts.filter(([, count]) => count > 0).map(([action, count]) => `${count} to ${action}`);
  return said.length === 0 ? "nothing at any vendor" : said.join(", ");
}

export interface FindingGroup {
  readonly severity: Finding["severity"];
  readonly code: string;
  readonly summary: string;
  readonly fix: string;
  readonly places: readonly { readonly address: string; readonly detail: string }[];
}

const SEVERITIES = ["error", "warning", "note"] as const;

/** Findings of one kind together, the worst first. */
export function findingGroups(findings: readonly Finding[]): FindingGroup[] {
  const groups = [...Map.groupBy(findings, ({ severity, code, fix }) => `${severity} ${code} ${fix}`).values()];
  return SEVERITIES.flatMap((severity) =>
    groups
      .filter(([first]) => first?.severity === severity)
      .flatMap((group) => {
        const [first] = group;
        if (first === undefined) return [];
        const { code, summary, fix } = first;
        return [{ severity, code, summary, fix, places: group.map(({ address, detail }) => ({ address, detail })) }];
      }),
  );
}
