import type { LiveSession } from "../session/live-session.ts";
import type { LiveSessions } from "../session/live-sessions.ts";
import type { LoadWatch } from "./load-watch.ts";

/** Why a call is not taken by the agent: it goes to the release's fallback, and its session says so. */
export type AdmissionRefusal = "node-memory" | "node-lag" | "node-cpu" | "node-calls" | "tenant-calls";

/** Whether this node can serve one more call. */
export class Admission {
  readonly #watch: LoadWatch;
  readonly #sessions: LiveSessions;
  readonly #tenantCalls: number;

  constructor(options: { readonly watch: LoadWatch; readonly sessions: LiveSessions; readonly tenantCalls: number }) {
    this.#watch = options.watch;
    this.#sessions = options.sessions;
    this.#tenantCalls = options.tenantCalls;
  }

  /** Null: taken. The call's own session is open already and counts. Smoke calls are always taken: they try what callers get. */
  refusalOf({ tenantId, kind }: LiveSession): AdmissionRefusal | null {
    if (kind === "trial") return null;
    const ofTenant = this.#sessions.live().filter((session) => session.tenantId === tenantId).length;
    if (ofTenant > this.#tenantCalls) return "tenant-calls";
    const { effective, limitedBy } = this.#watch.load;
    return effective > 1 ? `node-${limitedBy}` : null;
  }
}
