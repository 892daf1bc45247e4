import { canonicalJson, type Clock, type Json } from "@tandem/kernel";
import type { FactValue } from "@tandem/domain/conversation";
import type { Tool } from "@tandem/domain/manifest";
import type { AgentTools, EngineEvent, ToolAnswer } from "./conversation-engine.ts";

export type ToolArguments = Readonly<Record<string, FactValue>>;

interface Run {
  readonly startedMs: number;
  /** The how manyth run of the call it is. */
  readonly order: number;
  /** Null while it runs. */
  answer: ToolAnswer | null;
  readonly done: Promise<ToolAnswer>;
}

/** How long a read's answer is as good as a new one. */
const freshForMs = 60_000;

interface ToolRunsParts {
  readonly tools: AgentTools;
  /** All tools of the playbook. */
  readonly declared: readonly Tool[];
  readonly clock: Clock;
  readonly onEvent: (event: EngineEvent) => void;
}

/** The tools of one call: reads are kept for a while, a write with the same arguments runs once. */
export class ToolRuns {
  readonly #reads = new Map<string, Run>();
  readonly #writes = new Map<string, Run>();
  readonly #done: Tool["operation"][] = [];
  readonly #parts: ToolRunsParts;
  /** The appointment of this call, by the calendar's id, and when it was asked for; null: there is none. */
  #booking: { readonly eventId: string; readonly order: number } | null = null;
  #started = 0;

  constructor(parts: ToolRunsParts) {
    this.#parts = parts;
  }

  /** Operations that have succeeded, in order; reads are not among them. */
  get done(): readonly Tool["operation"][] {
    return this.#done;
  }

  isRead(tool: Tool): boolean {
    return this.#parts.tools.isRead(tool.name);
  }

  /** Runs a tool, or gives what it came to before: at once when that is known. Never rejects. */
  run(tool: Tool, args: ToolArguments, isSpeculative: boolean): ToolAnswer | Promise<ToolAnswer> {
    const known = this.#known(tool, args);
    if (known === undefined) return this.#start(tool, args, isSpeculative).done;
    const askedMs = this.#parts.clock.monotonicMs();
    this.#parts.onEvent({ type: "tool-started", tool: tool.name, isSpeculative });
    if (known.answer !== null) return this.#reused(tool, known.answer, askedMs);
    return known.done.then((answer) => this.#reused(tool, answer, askedMs));
  }

  /** Runs a read whose answer will probably be wanted, unless a fresh one is there. */
  prefetch(tool: Tool, args: ToolArguments): void {
    if (this.isRead(tool) && this.#known(tool, args) === undefined) this.#start(tool, args, true);
  }

  #known(tool: Tool, args: ToolArguments): Run | undefined {
    const key = keyOf(tool, args);
    if (!this.isRead(tool)) return this.#writes.get(key);
    const run = this.#reads.get(key);
    const isStale =
      run !== undefined && run.answer !== null && this.#parts.clock.monotonicMs() - run.startedMs > freshForMs;
    return isStale ? undefined : run;
  }

  #reused(tool: Tool, answer: ToolAnswer, askedMs: number): ToolAnswer {
    const durationMs = this.#parts.clock.monotonicMs() - askedMs;
    this.#parts.onEvent({
      type: "tool-finished",
      tool: tool.name,
      outcome: answer.outcome,
      durationMs,
      wasCached: true,
    });
    return answer;
  }

  #start(tool: Tool, args: ToolArguments, isSpeculative: boolean): Run {
    const { tools, clock, onEvent } = this.#parts;
    const startedMs = clock.monotonicMs();
    onEvent({ type: "tool-started", tool: tool.name, isSpeculative });
    const done: Promise<ToolAnswer> = tools.run(tool.name, args as Readonly<Record<string, Json>>, isSpeculative).then(
      (answer) => this.#finished(tool, args, run, answer),
      () => this.#finished(tool, args, run, unavailable),
    );
    const run: Run = { startedMs, order: (this.#started += 1), answer: null, done };
    (this.isRead(tool) ? this.#reads : this.#writes).set(keyOf(tool, args), run);
    return run;
  }

  #finished(tool: Tool, args: ToolArguments, run: Run, answer: ToolAnswer): ToolAnswer {
    run.answer = answer;
    const isRead = this.isRead(tool);
    const kept: Map<string, Run> = isRead ? this.#reads : this.#writes;
    // What failed may be asked for again.
    if (answer.outcome === "failure" && kept.get(keyOf(tool, args)) === run) kept.delete(keyOf(tool, args));
    if (!isRead) this.#written(tool, args, run.order, answer);
    const durationMs = this.#parts.clock.monotonicMs() - run.startedMs;
    this.#parts.onEvent({
      type: "tool-finished",
      tool: tool.name,
      outcome: answer.outcome,
      durationMs,
      wasCached: false,
    });
    return answer;
  }

  /** After a write nothing that was read before it can be relied on: a time that somebody else took is free no more. */
  #written(tool: Tool, args: ToolArguments, order: number, { outcome, reply }: ToolAnswer): void {
    this.#reads.clear();
    if (outcome !== "success") return;
    this.#done.push(tool.operation);
    const eventId = eventIdOf(reply);
    if (tool.operation === "calendar.book" && eventId !== null) this.#booked({ eventId, order });
    if (tool.operation === "calendar.cancel") this.#cancelled(eventIdOf(args) ?? this.#booking?.eventId ?? null);
  }

  /** A call has one appointment, the one asked for last: once both are booked the other one is given back. */
  #booked(booking: { readonly eventId: string; readonly order: number }): void {
    const other = this.#booking;
    const isLast = other === null || other.order < booking.order;
    if (isLast) this.#booking = booking;
    if (other === null || other.eventId === booking.eventId) return;
    const cancel = this.#parts.declared.find(
      (tool) => tool.operation === "calendar.cancel" && Object.hasOwn(tool.arguments, "event_id"),
    );
    if (cancel !== undefined) this.#start(cancel, { event_id: (isLast ? other : booking).eventId }, false);
  }

  /** What was cancelled may be booked again with the same words, and the other way round. */
  #cancelled(eventId: string | null): void {
    if (eventId === null) return;
    if (this.#booking?.eventId === eventId) this.#booking = null;
    for (const [key, { answer }] of this.#writes)
      if (answer !== null && eventIdOf(answer.reply) === eventId) this.#writes.delete(key);
  }
}

const eventIdOf = (from: Readonly<Record<string, Json>>): string | null =>
  typeof from["event_id"] === "string" ? from["event_id"] : null;

const keyOf = (tool: Tool, args: ToolArguments): string => `${tool.name}\n${canonicalJson(args)}`;

const unavailable: ToolAnswer = {
  outcome: "failure",
  reply: { reason: "unavailable", message: "That is not possible right now." },
};
