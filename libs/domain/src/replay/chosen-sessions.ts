/** A past session that may be replayed. */
export interface PastCandidate {
  readonly sessionId: string;
  readonly disposition: string;
}

/**
 * Up to `most` of the sessions, which come newest first: in turns one of each disposition, so that what is rare is replayed as well as
 * what is common. In the order of choice.
 */
export function chosenSessions(newestFirst: readonly PastCandidate[], most: number): readonly PastCandidate[] {
  const groups = Map.groupBy(newestFirst, ({ disposition }) => disposition);
  const chosen: PastCandidate[] = [];
  for (let round = 0; chosen.length < Math.min(most, newestFirst.length); round += 1)
    for (const group of groups.values()) {
      const next = group[round];
      if (next !== undefined && chosen.length < most) chosen.push(next);
    }
  return chosen;
}
