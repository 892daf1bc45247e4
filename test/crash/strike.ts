import type { FaultPoint } from "@tandem/engine";

/**
 * How a worker is hurt at a fault point: an exception, SIGKILL, its database backend killed, its connection cut before COMMIT reaches
 * the server or after the server has committed, and serialization failures of its next transaction (two, which the store's retries
 * survive, or five, at which the store gives up).
 */
export const strikeKinds = [
  "abort",
  "kill",
  "backend",
  "cut-before",
  "cut-after",
  "serialization",
  "serialization-lost",
] as const;
export type StrikeKind = (typeof strikeKinds)[number];

/** A boundary of the engine, or the commit of whatever transaction comes next (the only one that a click of a person passes). */
export type StrikePoint = FaultPoint | typeof COMMIT_POINT;
export const COMMIT_POINT = "store.commit.before";

/** One fault: where, at which passing (1 = the first from now on), and what happens there. */
export interface Strike {
  readonly point: StrikePoint;
  readonly passing: number;
  readonly kind: StrikeKind;
}

/** Failures in a row that the server answers with: the store tries five times. */
export const failuresOf = (kind: "serialization" | "serialization-lost"): number => (kind === "serialization" ? 2 : 5);

export const describeStrike = ({ point, passing, kind }: Strike): string => `${kind}@${point}#${passing}`;
