import { createHmac, hkdfSync } from "node:crypto";
import { join } from "node:path";
import type { CollectedFact, ConversationState } from "@tandem/agent";
import type { Clock, Secret } from "@tandem/kernel";
import type { Logger } from "@tandem/telemetry";
import { readIfPresent } from "../disk/atomic-file.ts";
import { DebouncedFile } from "../disk/debounced-file.ts";
import { SealedText } from "../disk/sealed-text.ts";
import { RING_BACK_MS } from "../session/caller-ledger.ts";
import type { LiveSession } from "../session/live-session.ts";
import { LONGEST_CALL_MS } from "../session/session-pin.ts";

interface Kept {
  readonly sealed: string;
  readonly untilMs: number;
}

/** What a conversation begins with. */
export interface Recalled {
  /** Null at the beginning of a call. */
  readonly resumed: ConversationState | null;
  readonly remembered: readonly CollectedFact[];
}

const DAY_MS = 86_400_000;
const MOST_ENTRIES = 50_000;

/**
 * What callers told before, on this node: where a call in progress stands (so that another leg goes on from there), a dropped one for ten
 * minutes, and facts of former calls for as many days as the release's policy says. Callers are kept as HMACs, facts encrypted; both under the
 * ticket key.
 */
export class CallerMemory {
  readonly #facts: SealedText;
  readonly #names: Buffer;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #path: string;
  readonly #file: DebouncedFile;
  readonly #entries = new Map<string, Kept>();

  constructor(options: { dataDir: string; ticketKey: Secret; clock: Clock; log: Logger }) {
    this.#facts = new SealedText(options.ticketKey, "caller-memory facts");
    this.#names = Buffer.from(hkdfSync("sha256", options.ticketKey.reveal(), "", "caller-memory names", 32));
    this.#clock = options.clock;
    this.#log = options.log;
    this.#path = join(options.dataDir, "memory.json");
    const produce = () => [...this.#entries];
    this.#file = new DebouncedFile({ path: this.#path, delayMs: 500, produce, log: options.log });
  }

  async load(): Promise<void> {
    try {
      const text = await readIfPresent(this.#path);
      for (const [name, kept] of JSON.parse(text ?? "[]") as [string, Kept][]) this.#entries.set(name, kept);
    } catch (error) {
      this.#log.error({ err: error }, "what callers told before cannot be read");
    }
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** What a call begins with: where its own earlier leg left off, or what the lead told and the facts of the caller's earlier calls. */
  recall(session: LiveSession): Recalled {
    const resumed = this.#read(this.#callName(session)) as ConversationState | null;
    if (resumed !== null) return { resumed, remembered: [] };
    const told = (this.#read(this.#leadName(session)) as CollectedFact[] | null) ?? [];
    const facts = session.from === null ? null : (this.#read(this.#callerName(session)) as CollectedFact[] | null);
    const newer = new Set(told.map(({ field }) => field));
    return { resumed: null, remembered: [...told, ...(facts ?? []).filter(({ field }) => !newer.has(field))] };
  }

  /** What is known of a lead that we call: for as long as a call may last. */
  noteLead(session: LiveSession, facts: readonly CollectedFact[]): void {
    if (facts.length > 0) this.#keep(this.#leadName(session), facts, this.#clock.now() + LONGEST_CALL_MS);
  }

  /** Where a call in progress stands now. */
  note(session: LiveSession, state: ConversationState | null): void {
    if (state !== null) this.#keep(this.#callName(session), state, this.#clock.now() + LONGEST_CALL_MS);
  }

  /** A leg is over. A dropped one may be taken up again within ten minutes; a whole one leaves what the policy allows. */
  settle(session: LiveSession, state: ConversationState | null, outcome: { isDropped: boolean; days: number }): void {
    const nowMs = this.#clock.now();
    const facts = state?.facts ?? [];
    const keptMs = Math.max(outcome.days * DAY_MS, outcome.isDropped ? RING_BACK_MS : 0);
    if (!outcome.isDropped) this.#forget(session);
    else if (state !== null) this.#keep(this.#callName(session), state, nowMs + RING_BACK_MS);
    if (session.from !== null && session.kind === "live" && keptMs > 0 && facts.length > 0)
      this.#keep(this.#callerName(session), facts, nowMs + keptMs);
    this.#file.touch();
  }

  /** Forgets what is past its time. */
  sweep(): void {
    const nowMs = this.#clock.now();
    for (const [name, { untilMs }] of this.#entries)
      if (untilMs <= nowMs) {
        this.#entries.delete(name);
        this.#file.touch();
      }
  }

  #forget(session: LiveSession): void {
    this.#entries.delete(this.#callName(session));
    this.#entries.delete(this.#leadName(session));
  }

  #keep(name: string, what: ConversationState | readonly CollectedFact[], untilMs: number): void {
    this.#entries.delete(name);
    if (this.#entries.size >= MOST_ENTRIES) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(name, { sealed: this.#facts.seal(name, JSON.stringify(what)), untilMs });
    this.#file.touch();
  }

  #read(name: string): unknown {
    const kept = this.#entries.get(name);
    if (kept === undefined || kept.untilMs <= this.#clock.now()) return null;
    const text = this.#facts.open(name, kept.sealed);
    if (text !== null) return JSON.parse(text) as unknown;
    this.#entries.delete(name); // sealed under a key that is no longer ours
    return null;
  }

  #callName = (session: LiveSession): string => this.#name(`call\n${session.sessionId}`);

  #leadName = (session: LiveSession): string => this.#name(`lead\n${session.sessionId}`);

  #callerName = (session: LiveSession): string => this.#name(`caller\n${session.deploymentId}\n${session.from}`);

  #name = (text: string): string => createHmac("sha256", this.#names).update(text).digest("base64url");
}
