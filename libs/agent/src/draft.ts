import type { EngineEvent } from "./conversation-engine.ts";
import type { Standing, StandingChange } from "./standing.ts";

/** Takes over what a committed answer changes. */
export interface DraftTarget {
  readonly adopt: (standing: Standing) => void;
  readonly event: (event: EngineEvent) => void;
}

/** The standing that one answer works on: its own until it is committed, the conversation's from then on. */
export class Draft {
  readonly #target: DraftTarget;
  readonly #events: EngineEvent[] = [];
  readonly #held: (() => void)[] = [];
  #standing: Standing;
  #isCommitted = false;

  constructor(standing: Standing, target: DraftTarget) {
    this.#standing = standing;
    this.#target = target;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** Changes the standing and tells of it: now, or once committed. */
  move(change: Partial<Standing>, events: readonly EngineEvent[] = []): void {
    this.#standing = { ...this.#standing, ...change };
    if (!this.#isCommitted) {
      this.#events.push(...events);
      return;
    }
    this.#target.adopt(this.#standing);
    for (const event of events) this.#target.event(event);
  }

  /** Does it now, or as soon as it is committed. */
  whenCommitted(action: () => void): void {
    if (this.#isCommitted) action();
    else this.#held.push(action);
  }

  /** What was changed counts, what waited goes on. */
  commit(): void {
    this.#isCommitted = true;
    this.#target.adopt(this.#standing);
    for (const event of this.#events.splice(0)) this.#target.event(event);
    for (const action of this.#held.splice(0)) action();
  }

  /** What waits never happens. */
  abandon(): void {
    this.#held.length = 0;
  }

  /** Something became known beside this answer. */
  rebase(change: StandingChange): void {
    this.#standing = change(this.#standing);
  }
}
