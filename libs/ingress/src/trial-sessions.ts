/** What the probe must remember of a smoke call to go on with it. */
export interface TrialSession {
  readonly callId: string;
  /** The stamp that the agent's metadata would carry. */
  readonly stamp: string;
  readonly openedAtMs: number;
}

const KEPT_MS = 10 * 60_000;

/** Smoke calls of this process by session id. A worker that crashes forgets them; the media service ends them after five minutes. */
export class TrialSessions {
  readonly #sessions = new Map<string, TrialSession>();

  put(sessionId: string, session: TrialSession): void {
    for (const [id, { openedAtMs }] of this.#sessions)
      if (session.openedAtMs - openedAtMs > KEPT_MS) this.#sessions.delete(id);
    this.#sessions.set(sessionId, session);
  }

  get(sessionId: string): TrialSession | undefined {
    return this.#sessions.get(sessionId);
  }

  remove(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }
}
