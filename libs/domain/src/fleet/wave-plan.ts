import { contentHash } from "@tandem/kernel";
import { defaultLimits, type Ring, type WaveLimits } from "./fleet-rollout.ts";
import type { MemberKey } from "./member.ts";

/** A deployment that a fleet rollout might move. */
export interface Candidate extends MemberKey {
  readonly isEarlyAccess: boolean;
  /** Manifest hash of what its callers hear now; null when nothing is live. */
  readonly runsManifest: string | null;
  /** Whether callers ever reached a release of it. */
  readonly isLive: boolean;
  /** Another fleet rollout has yet to move it. */
  readonly isTaken: boolean;
}

/** Why a deployment is no member. */
export const leftOutReasons = {
  "already-there": "It runs this version.",
  "never-live": "It has never been live: begin it by itself, or include such deployments.",
  "in-other-fleet": "Another fleet rollout has yet to move it.",
  "in-no-wave": "No wave takes it: the waves end before the fleet does.",
} as const;
export type LeftOutReason = keyof typeof leftOutReasons;

/** A wave with its members, in the order in which they are begun. */
export interface PlannedWave<Member> {
  readonly name: string;
  readonly limits: WaveLimits;
  readonly members: readonly Member[];
}

/** Which deployment moves in which wave, and which do not. */
export interface WavePlan<Member> {
  readonly waves: readonly PlannedWave<Member>[];
  readonly leftOut: readonly { readonly member: Member; readonly reason: LeftOutReason }[];
}

type SomeLimits = Ring["limits"];

export interface WaveWish {
  readonly manifestHash: string;
  readonly rings: readonly Ring[];
  /** Of every wave that names no others. */
  readonly limits: SomeLimits;
  readonly includesNeverLive: boolean;
  /** Decides the order: the same seed gives the same waves. */
  readonly seed: string;
}

/** Sorts candidates into waves. A wave that gets no member is left out. */
export function planWaves<Member extends Candidate>(candidates: readonly Member[], wish: WaveWish): WavePlan<Member> {
  const judged = candidates.map((member) => ({ member, reason: reasonToLeaveOut(member, wish) }));
  const members = inOrder(
    judged.flatMap(({ member, reason }) => (reason === null ? [member] : [])),
    wish.seed,
  );
  const waves: PlannedWave<Member>[] = [];
  let left = members;
  for (const ring of wish.rings) {
    const taken = new Set(takenBy(ring, left, { size: members.length, before: members.length - left.length }));
    const limits = limitsOf(ring.limits, wish.limits);
    if (taken.size > 0) waves.push({ name: ring.name, limits, members: left.filter((member) => taken.has(member)) });
    left = left.filter((member) => !taken.has(member));
  }
  const leftOut = judged.flatMap(({ member, reason }) => (reason === null ? [] : [{ member, reason }]));
  return { waves, leftOut: [...leftOut, ...left.map((member) => ({ member, reason: "in-no-wave" as const }))] };
}

const limitsOf = (own: SomeLimits, all: SomeLimits): WaveLimits => ({
  concurrency: own?.concurrency ?? all?.concurrency ?? defaultLimits.concurrency,
  perTenant: own?.perTenant ?? all?.perTenant ?? defaultLimits.perTenant,
  budget: own?.budget ?? all?.budget ?? defaultLimits.budget,
  bakeMs: own?.bakeMs ?? all?.bakeMs ?? defaultLimits.bakeMs,
});

function reasonToLeaveOut(candidate: Candidate, wish: WaveWish): LeftOutReason | null {
  if (candidate.isTaken) return "in-other-fleet";
  if (candidate.runsManifest === wish.manifestHash) return "already-there";
  return candidate.isLive || wish.includesNeverLive ? null : "never-live";
}

/** The first deployment of each tenant comes before the second of any, so that a small wave tells about many tenants. */
function inOrder<Member extends Candidate>(members: readonly Member[], seed: string): readonly Member[] {
  const order = (...parts: string[]) => contentHash([seed, ...parts]);
  const sorted = members
    .map((member) => ({ member, hash: order(member.deploymentId) }))
    .toSorted((a, b) => compare(a.hash, b.hash));
  const seen = new Map<string, number>();
  const tenants = new Map<string, string>();
  return sorted
    .map(({ member }) => {
      const { tenantId } = member;
      const rank = seen.get(tenantId) ?? 0;
      seen.set(tenantId, rank + 1);
      const tenant = tenants.get(tenantId) ?? order(tenantId);
      tenants.set(tenantId, tenant);
      return { member, rank, tenant };
    })
    .toSorted((a, b) => a.rank - b.rank || compare(a.tenant, b.tenant))
    .map(({ member }) => member);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** A share counts what earlier waves have taken, so that `10 %` after `1 %` takes the next nine. */
function takenBy<Member extends Candidate>(
  { members: wanted }: Ring,
  left: readonly Member[],
  { size, before }: { readonly size: number; readonly before: number },
): readonly Member[] {
  if ("cohort" in wanted) return left.filter(({ isEarlyAccess }) => isEarlyAccess);
  if ("count" in wanted) return left.slice(0, wanted.count);
  if ("share" in wanted) return left.slice(0, Math.max(0, Math.ceil(wanted.share * size) - before));
  return left;
}
