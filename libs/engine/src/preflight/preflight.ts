import type { Finding } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { Observer } from "../observe/read-objects.ts";
import { checkAgent } from "./agent.ts";
import { checkAudio } from "./audio.ts";
import { checkConcurrency } from "./concurrency.ts";
import { checkCredentials } from "./credential.ts";
import { checkDrift } from "./drift.ts";
import { checkHumanPath } from "./human-path.ts";
import { checkIngress } from "./ingress.ts";
import { checkNumber } from "./number.ts";
import { checkSlot } from "./slot.ts";
import { checkSmokeWrites } from "./smoke-writes.ts";

/** What every check sees. `broken` holds connections whose credential does not work: asking them again would only repeat it. */
export interface PreflightFacts {
  readonly observer: Observer;
  readonly view: RolloutView;
  readonly bundle: ReleaseBundle;
  readonly target: Slot;
  readonly broken: Set<string>;
}

/** One check: reads only, and tells what it found. Never throws for what a vendor does. */
export type Check = (facts: PreflightFacts) => Promise<readonly Finding[]>;

const CHECKS: readonly Check[] = [
  checkCredentials,
  checkNumber,
  checkAudio,
  checkConcurrency,
  checkDrift,
  checkHumanPath,
  checkAgent,
  checkSlot,
  checkSmokeWrites,
  checkIngress,
];

/** All findings of all checks, most severe first. Writes nothing anywhere. */
export async function preflight(
  observer: Observer,
  view: RolloutView,
  bundle: ReleaseBundle,
  target: Slot,
): Promise<Finding[]> {
  const facts: PreflightFacts = { observer, view, bundle, target, broken: new Set() };
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(facts)));
  const rank = { error: 0, warning: 1, note: 2 };
  return findings.toSorted((left, right) => rank[left.severity] - rank[right.severity]);
}

export const hasErrorFindings = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === "error");

/** Findings that may be gone at the next try. */
export const isTransient = ({ code }: Finding): boolean => code === "vendor-unreachable";
