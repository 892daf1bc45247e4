import type { EngineEvent } from "@tandem/agent";
import type { Json } from "@tandem/kernel";
import type { TurnRecord, TurnTool } from "@tandem/domain/session";
import type { LiveSession, StreamEnd } from "../session/live-session.ts";

/** What a trial call left behind for whoever placed it: turns, tools, facts and how it ended. */
export interface TrialTrace {
  readonly sessionId: string;
  readonly slot: string;
  readonly release: string;
  readonly turns: readonly TurnRecord[];
  /** Every tool of the call in the order in which they finished, those before the first turn included. */
  readonly tools: readonly TurnTool[];
  /** What its writes made at vendors, ids only, also when they finished after the call. */
  readonly made: LiveSession["made"];
  /** Tools that have not finished yet. */
  readonly openTools: number;
  readonly objectives: readonly string[];
  readonly facts: readonly { readonly field: string; readonly value: Json; readonly isConfirmed: boolean }[];
  /** Null while the call goes on. */
  readonly ended: StreamEnd | null;
  /** Who the call was handed to; null when it was not. */
  readonly handedOffTo: "human" | "emergency" | null;
}

interface Entry {
  readonly session: LiveSession;
  readonly turns: TurnRecord[];
  readonly tools: TurnTool[];
  readonly objectives: string[];
  facts: () => TrialTrace["facts"];
  ended: StreamEnd | null;
}

const MOST_TRACES = 200;

/** Traces of this node's trial calls, the newest two hundred. Live calls leave none: their records go to the database only. */
export class TrialTraces {
  readonly #entries = new Map<string, Entry>();

  /** A trial call has begun or goes on with another leg. `facts` tells what its conversation knows at any time. */
  open(session: LiveSession, facts: Entry["facts"]): void {
    if (session.kind !== "trial") return;
    const present = this.#entries.get(session.sessionId);
    if (present !== undefined) {
      present.facts = facts;
      present.ended = null;
      return;
    }
    this.#entries.set(session.sessionId, { session, turns: [], tools: [], objectives: [], facts, ended: null });
    if (this.#entries.size > MOST_TRACES) this.#entries.delete(this.#entries.keys().next().value as string);
  }

  turn(session: LiveSession, record: TurnRecord): void {
    this.#entries.get(session.sessionId)?.turns.push(record);
  }

  event(session: LiveSession, event: EngineEvent): void {
    const entry = this.#entries.get(session.sessionId);
    if (event.type === "objective-entered") entry?.objectives.push(event.objective);
    if (event.type === "tool-finished") {
      const { tool, outcome, durationMs } = event;
      entry?.tools.push({ tool, outcome, durationMs, isSpeculative: false });
    }
  }

  ended(session: LiveSession, end: StreamEnd): void {
    const entry = this.#entries.get(session.sessionId);
    if (entry === undefined) return;
    const facts = entry.facts();
    entry.facts = () => facts; // the conversation itself is let go
    entry.ended = end;
  }

  /** Null for a call that was not a trial, or not on this node. */
  get(sessionId: string): TrialTrace | null {
    const entry = this.#entries.get(sessionId);
    if (entry === undefined) return null;
    const { session, turns, tools, objectives, facts, ended } = entry;
    return {
      sessionId,
      slot: session.slot,
      release: session.bundleHash,
      turns,
      tools,
      made: session.made,
      openTools: [...session.toolReplies.values()].filter(({ reply }) => reply === null).length,
      objectives,
      facts: facts(),
      ended,
      handedOffTo: session.facts.handedOffTo,
    };
  }
}
