import { counted } from "@tandem/kernel";
import type { Schemas } from "../../../api/generated/schema.ts";
import {
  boundsError,
  lengthError,
  numberIn,
  type PlaceErrors,
  placeErrors,
  ratioIn,
} from "../../policy/number-text.ts";
import { type MemberDraft, memberErrors, memberPolicyOf, newMemberDraft } from "./member-draft.ts";

export type FleetWish = Schemas["PlanFleet"];
export type FleetPlan = Schemas["FleetPlan"];
export type Candidate = FleetPlan["leftOut"][number]["member"];
export type Environment = Candidate["environment"];

export const ENVIRONMENTS: readonly Environment[] = ["production", "staging", "development"];

/** Who belongs to a wave; `amount` is a number of deployments or per cent of the fleet, as typed. */
export interface WaveDraft {
  readonly kind: "early-access" | "count" | "share" | "rest";
  readonly amount: string;
}

/** A fleet rollout as it is filled in: numbers as typed, lengths null while what stands there is none. */
export interface FleetDraft {
  readonly playbook: string;
  readonly version: string;
  /** None chosen: every one. */
  readonly environments: readonly Environment[];
  /** Tags of tenants, with commas or blanks between them; empty: every tenant. */
  readonly tags: string;
  readonly includesNeverLive: boolean;
  /** Deployments that are left out by hand. */
  readonly leftOut: ReadonlySet<string>;
  readonly waves: readonly WaveDraft[];
  readonly concurrency: string;
  readonly perTenant: string;
  readonly budget: string;
  readonly budgetIs: "share" | "count";
  readonly waveBakeMs: number | null;
  readonly heldMs: number | null;
  readonly waitMs: number | null;
  readonly members: MemberDraft;
}

const HOUR_MS = 3_600_000;

/** What Tandem begins with: the cohort first, then growing shares, two failures in a hundred. */
export const newDraft = (playbook: string, version: string): FleetDraft => ({
  playbook,
  version,
  environments: ["production"],
  tags: "",
  includesNeverLive: false,
  leftOut: new Set(),
  waves: [
    { kind: "early-access", amount: "" },
    { kind: "share", amount: "1" },
    { kind: "share", amount: "10" },
    { kind: "share", amount: "50" },
    { kind: "rest", amount: "" },
  ],
  concurrency: "10",
  perTenant: "2",
  budget: "2",
  budgetIs: "share",
  waveBakeMs: HOUR_MS,
  heldMs: HOUR_MS,
  waitMs: 24 * HOUR_MS,
  members: newMemberDraft,
});

const SLUG = /^[a-z][a-z0-9-]{0,62}$/;
const MOST_WAVES = 20;
const LONGEST_DAYS = 14;

export const tagsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((tag) => tag !== "");

/** What is wrong, by JSON pointer into the request. */
export function fleetErrors(draft: FleetDraft): PlaceErrors {
  const many = { least: 1, most: 1000, isWhole: true };
  const budget = draft.budgetIs === "share" ? { least: 0, most: 100 } : { least: 0, most: 100_000, isWhole: true };
  const odd = tagsOf(draft.tags).find((tag) => !SLUG.test(tag));
  return {
    ...memberErrors(draft.members),
    ...placeErrors({
      "/version": draft.version === "" ? "Choose the version first" : null,
      "/tenantTags": odd === undefined ? null : `${odd} is no tag: lower-case words joined by hyphens`,
      "/rings": draft.waves.length > MOST_WAVES ? `At most ${MOST_WAVES} waves` : null,
      ...Object.fromEntries(draft.waves.map((wave, index) => [`/rings/${index}`, waveError(wave)])),
      "/limits/concurrency": boundsError(draft.concurrency, many),
      "/limits/perTenant": boundsError(draft.perTenant, many),
      "/limits/budget": boundsError(draft.budget, budget),
      "/limits/bakeMs": lengthError(draft.waveBakeMs, LONGEST_DAYS),
      "/patience/heldMs": lengthError(draft.heldMs, LONGEST_DAYS),
      "/patience/waitMs": lengthError(draft.waitMs, LONGEST_DAYS),
    }),
  };
}

function waveError({ kind, amount }: WaveDraft): string | null {
  if (kind === "count") return boundsError(amount, { least: 1, most: 100_000, isWhole: true });
  return kind === "share" ? boundsError(amount, { least: 0.0001, most: 100 }) : null;
}

/** The draft in the words of the API; deployments that are left out by hand are the preview's matter. */
export function wishOf(draft: FleetDraft): FleetWish {
  const tags = tagsOf(draft.tags);
  return {
    playbook: draft.playbook,
    version: draft.version,
    ...(draft.environments.length > 0 && { environments: draft.environments }),
    ...(tags.length > 0 && { tenantTags: tags }),
    rings: draft.waves.map(ringOf),
    limits: {
      concurrency: numberIn(draft.concurrency) ?? 0,
      perTenant: numberIn(draft.perTenant) ?? 0,
      budget: draft.budgetIs === "share" ? { share: ratioIn(draft.budget) } : { count: numberIn(draft.budget) ?? 0 },
      bakeMs: draft.waveBakeMs ?? 0,
    },
    patience: { heldMs: draft.heldMs ?? 0, waitMs: draft.waitMs ?? 0 },
    policy: memberPolicyOf(draft.members),
    includesNeverLive: draft.includesNeverLive,
  };
}

type Ring = NonNullable<FleetWish["rings"]>[number];

function ringOf({ kind, amount }: WaveDraft): Ring {
  if (kind === "early-access") return { name: "early access", members: { cohort: "early-access" } };
  if (kind === "rest") return { name: "rest", members: { rest: true } };
  const value = numberIn(amount) ?? 0;
  return kind === "share"
    ? { name: `${value} %`, members: { share: ratioIn(amount) } }
    : { name: counted(value, "deployment"), members: { count: value } };
}

/** The wish without what is left out by hand: the rest is named one by one. `all` is the plan of everybody. */
export function narrowed(wish: FleetWish, leftOut: ReadonlySet<string>, all: FleetPlan | undefined): FleetWish {
  if (leftOut.size === 0 || all === undefined) return wish;
  const kept = membersOf(all).filter(({ deploymentId }) => !leftOut.has(deploymentId));
  return { ...wish, deploymentIds: kept.map(({ deploymentId }) => deploymentId) };
}

export const membersOf = ({ waves }: FleetPlan): readonly Candidate[] => waves.flatMap(({ members }) => members);

/** How many deployments of how many tenants. */
export function sizeOf(plan: FleetPlan): { readonly deployments: number; readonly tenants: number } {
  const members = membersOf(plan);
  return { deployments: members.length, tenants: new Set(members.map(({ tenantId }) => tenantId)).size };
}
