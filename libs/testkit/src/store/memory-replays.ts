import type { ReplayComparison, ReplayReport } from "@tandem/domain/replay";
import type { AskedReplay, KeptReplay, PastQuery, PastSession, ReplayStore } from "@tandem/ports/store/replays";

/** A past session with the release that it was held on. */
export interface MemorySession extends PastSession {
  readonly release: string;
}

/** Past sessions and replays in memory, with the semantics of the store on PostgreSQL. */
export class MemoryReplays implements ReplayStore {
  /** Newest first; tests fill it. */
  sessions: readonly MemorySession[] = [];
  asked: readonly AskedReplay[] = [];
  readonly rows: KeptReplay[] = [];
  readonly endings = new Map<string, ReplayReport | { readonly failure: string }>();

  candidates({ release, limit }: PastQuery) {
    return Promise.resolve(this.sessions.filter((one) => one.release === release).slice(0, limit));
  }

  pastSession(_tenantId: string, sessionId: string): Promise<PastSession | null> {
    return Promise.resolve(this.sessions.find((one) => one.sessionId === sessionId) ?? null);
  }

  kept(_tenantId: string, replayId: string): Promise<readonly ReplayComparison[]> {
    const own = this.rows.filter((row) => row.replayId === replayId);
    return Promise.resolve(own.map(({ comparison }) => comparison));
  }

  keep(row: KeptReplay): Promise<void> {
    const isKnown = this.rows.some(
      ({ replayId, comparison }) => replayId === row.replayId && comparison.sessionId === row.comparison.sessionId,
    );
    if (!isKnown) this.rows.push(row);
    return Promise.resolve();
  }

  claimReplay(): Promise<AskedReplay | null> {
    const [first = null, ...rest] = this.asked;
    this.asked = rest;
    return Promise.resolve(first);
  }

  renewReplay(): Promise<void> {
    return Promise.resolve();
  }

  finishReplay({ id }: AskedReplay, ending: ReplayReport | { readonly failure: string }): Promise<void> {
    if (!this.endings.has(id)) this.endings.set(id, ending);
    return Promise.resolve();
  }
}
