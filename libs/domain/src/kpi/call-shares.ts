import type { CallFigures } from "./call-figures.ts";

/** A share with what it is a share of (ruling 14). */
export interface Share {
  /** 0–1; null when there is nothing to be a share of. */
  readonly ratio: number | null;
  readonly count: number;
  readonly of: number;
  readonly denominator: "calls-with-agent" | "turns";
}

/** How the service itself fared. */
export interface CallShares {
  /** The agent was lost in mid-call, or the call with its node. */
  readonly crashes: Share;
  /** At least one breaker opened. */
  readonly breakerOpens: Share;
  /** At least once more than 2 s without any sound while an answer was due. */
  readonly freezes: Share;
  /** A provider sent audio in another format than asked for. */
  readonly encodingMismatches: Share;
  /** Answered turns whose answer had been begun on a partial and was kept. */
  readonly speculative: Share;
}

const CRASHED = new Set(["dropped", "lost"]);

/** Shares over ended calls that an agent took. */
export function callShares(calls: readonly CallFigures[]): CallShares {
  const sample = calls.filter(({ wasWithAgent, seconds }) => wasWithAgent && seconds !== null);
  const ofCalls = (holds: (call: CallFigures) => boolean) =>
    share(sample.filter(holds).length, sample.length, "calls-with-agent");
  const turns = sample.reduce((sum, call) => sum + call.turns, 0);
  const speculative = sample.reduce((sum, call) => sum + call.speculativeTurns, 0);
  return {
    crashes: ofCalls(({ disposition }) => CRASHED.has(disposition ?? "")),
    breakerOpens: ofCalls(({ breakersOpened }) => breakersOpened > 0),
    freezes: ofCalls((call) => call.freezes > 0),
    encodingMismatches: ofCalls((call) => call.encodingMismatches > 0),
    speculative: share(speculative, turns, "turns"),
  };
}

const share = (count: number, of: number, denominator: Share["denominator"]): Share => ({
  ratio: of === 0 ? null : count / of,
  count,
  of,
  denominator,
});
