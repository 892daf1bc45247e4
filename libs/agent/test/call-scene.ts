import type { ReleaseBundle } from "@tandem/domain/release";
import { buildBundle, DEPLOYMENT_ID, VirtualClock } from "@tandem/testkit";
import {
  type CallerTurn,
  type ConversationEngine,
  type ConversationOptions,
  createConversation,
  type EngineEvent,
  type PendingResponse,
  type ResponseOutcome,
  type ResponseSink,
} from "../src/index.ts";
import { afterHours } from "./after-hours.ts";
import { type ModelReply, ScriptedModels } from "./scripted-models.ts";
import { ScriptedTools } from "./scripted-tools.ts";

export const CALLER = "+15550100199";

/** What an answer told, in order. */
export class Heard implements ResponseSink {
  readonly told: (
    | { readonly text: string }
    | { readonly line: string; readonly isUninterruptible: boolean }
    | { readonly waiting: string }
  )[] = [];
  outcome: ResponseOutcome | null = null;

  text(delta: string): void {
    this.#open();
    this.told.push({ text: delta });
  }

  line({ text, isUninterruptible }: { readonly text: string; readonly isUninterruptible: boolean }): void {
    this.#open();
    this.told.push({ line: text, isUninterruptible });
  }

  waiting(acknowledgement: string): void {
    this.#open();
    this.told.push({ waiting: acknowledgement });
  }

  done(outcome: ResponseOutcome): void {
    this.#open();
    this.outcome = outcome;
  }

  /** Everything spoken, without acknowledgements. */
  get spoken(): string {
    return this.told
      .map((part) => ("text" in part ? part.text : "line" in part ? ` ${part.line}` : ""))
      .join("")
      .trim();
  }

  get acknowledgements(): readonly string[] {
    return this.told.flatMap((part) => ("waiting" in part ? [part.waiting] : []));
  }

  #open(): void {
    if (this.outcome !== null) throw new Error("something was told after the response was whole");
  }
}

export interface SceneWish {
  readonly patch?: Partial<ReleaseBundle>;
  readonly options?: Partial<ConversationOptions>;
  readonly replies?: readonly ModelReply[];
}

/** One call with scripted models and tools on a clock of its own. */
export class CallScene {
  readonly clock = new VirtualClock();
  readonly models: ScriptedModels;
  readonly tools = new ScriptedTools(this.clock);
  readonly events: EngineEvent[] = [];
  readonly engine: ConversationEngine;
  readonly bundle: ReleaseBundle;

  constructor({ patch, options, replies }: SceneWish = {}) {
    this.models = new ScriptedModels(...(replies ?? []));
    this.bundle = buildBundle({ deploymentId: DEPLOYMENT_ID, patch: { ...afterHours, ...patch } }).bundle;
    this.engine = createConversation({
      bundle: this.bundle,
      call: { from: CALLER, epochMs: this.clock.now(), direction: "inbound" },
      models: this.models,
      tools: this.tools,
      clock: this.clock,
      remembered: [],
      onEvent: (event) => this.events.push(event),
      waitingAfterMs: 500,
      ...options,
    });
  }

  /** Begins an answer without committing it. */
  hears(text: string, turn: Partial<CallerTurn> = {}): { readonly heard: Heard; readonly pending: PendingResponse } {
    const heard = new Heard();
    const pending = this.engine.respond({ text, confidence: 0.95, via: "speech", ...turn }, heard);
    return { heard, pending };
  }

  /** A whole turn: said, answered, heard. `replies` are what the model does in it. */
  async turn(text: string, ...replies: ModelReply[]): Promise<Heard> {
    this.models.expect(...replies);
    const { heard, pending } = this.hears(text);
    pending.commit();
    await this.settle(heard);
    pending.finish();
    return heard;
  }

  /** Lets time pass until the answer is whole. */
  async settle(heard: Heard): Promise<void> {
    for (let step = 0; heard.outcome === null && step < 200; step += 1) await this.pass(100);
    if (heard.outcome === null) throw new Error("the answer never was whole");
  }

  async pass(delayMs: number): Promise<void> {
    await this.clock.run(this.clock.sleep(delayMs), this.clock.now() + delayMs);
  }

  fact(field: string): unknown {
    return this.engine.state.facts.find((fact) => fact.field === field)?.value;
  }

  eventsOf<Type extends EngineEvent["type"]>(type: Type): Extract<EngineEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);
  }
}
