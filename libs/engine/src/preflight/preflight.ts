import type { Finding } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { Observer } from "../observe/observer.ts";
import { checkAgent } from "./agent.ts";
import { checkAudio } from "./audio.ts";
import type { CanaryJournal } from "./canary-journal.ts";
import { checkCanaries } from "./canary.ts";
import { checkConcurrency } from "./concurrency.ts";
import { checkCredentials } from "./credential.ts";
import type { Check, PreflightFacts } from "./check.ts";
import { checkDrift } from "./drift.ts";
import { checkHumanPath } from "./human-path.ts";
import { checkIngress } from "./ingress.ts";
import { checkNumber } from "./number.ts";
import { checkProviders } from "./providers.ts";
import { checkSafetyNet } from "./safety-net.ts";
import { checkSlot } from "./slot.ts";
import { checkSmokeWrites } from "./smoke-writes.ts";
import { checkStream } from "./stream.ts";
import { checkVendorLatency } from "./vendor-latency.ts";

const CHECKS: readonly Check[] = [
  checkCredentials,
  checkNumber,
  checkAudio,
  checkConcurrency,
  checkDrift,
  checkVendorLatency,
  checkCanaries,
  checkHumanPath,
  checkAgent,
  checkStream,
  checkProviders,
  checkSlot,
  checkSafetyNet,
  checkSmokeWrites,
  checkIngress,
];

/** What a rollout adds to a preflight: how long it will watch callers, and where it notes test objects. A plan has neither. */
export interface RolloutFacts {
  readonly watchedMs: number;
  readonly canaries: CanaryJournal;
}

/** All findings of all checks, most severe first. Writes nothing anywhere but the test objects that a rollout notes. */
export async function preflight(
  observer: Observer,
  view: RolloutView,
  release: { readonly bundle: ReleaseBundle; readonly target: Slot },
  rollout: RolloutFacts | null,
): Promise<Finding[]> {
  const facts: PreflightFacts = {
    observer,
    view,
    ...release,
    broken: new Set(),
    watchedMs: rollout?.watchedMs ?? 0,
    canaries: rollout?.canaries ?? null,
  };
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(facts)));
  const rank = { error: 0, warning: 1, note: 2 };
  return findings.toSorted((left, right) => rank[left.severity] - rank[right.severity]);
}

export const hasErrorFindings = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === "error");

/** Findings that may be gone at the next try. */
export const isTransient = ({ code }: Finding): boolean => code === "vendor-unreachable";
