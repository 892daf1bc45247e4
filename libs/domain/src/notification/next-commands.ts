/** Command lines that answer a reason that a person must answer; ids only, so that they may stand in any chat. */
export function commandsFor(code: string, rolloutId: string, deployment: string): string[] {
  const status = `tandem status ${deployment}`;
  switch (code) {
    case "awaiting-approval":
      return [status, `tandem approve ${rolloutId}`, `tandem abort ${rolloutId}`];
    case "awaiting-promotion":
      return [status, `tandem promote ${rolloutId}`, `tandem abort ${rolloutId}`];
    case "way-back-gone":
      return [status, `tandem divert ${deployment}`];
    case "replay-differs":
      return [`${status} --replay`, `tandem promote ${rolloutId}`, `tandem abort ${rolloutId}`];
    case "evidence-inconclusive":
      return [status, `tandem promote ${rolloutId}`, `tandem resume ${rolloutId}`, `tandem rollback ${deployment}`];
    default:
      return [status, `tandem resume ${rolloutId}`, `tandem abort ${rolloutId}`];
  }
}
