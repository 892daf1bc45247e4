import type { Clock } from "@tandem/kernel";
import {
  INITIAL_TURN,
  reduceTurn,
  type TurnCommand,
  type TurnEvent,
  type TurnSettings,
  type TurnState,
  type TurnTimer,
} from "@tandem/domain/turn";
import { Deadline, type Timers } from "./timers.ts";

/** A turn event without its time: the driver knows it. */
export type Happening = TurnEvent extends infer Each ? (Each extends TurnEvent ? Omit<Each, "atMs"> : never) : never;

/** What the turn machine can ask for, beside its timers. */
export type TurnAction = Exclude<TurnCommand, { readonly type: "start-timer" | "cancel-timer" }>;

export interface TurnDriverParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: TurnSettings;
  readonly act: (action: TurnAction) => void;
  /** Something of ours threw. */
  readonly onDefect: (error: unknown) => void;
}

/** Runs the turn machine of one call: its timers, and its commands in order. What happens meanwhile waits for its turn. */
export class TurnDriver {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #settings: TurnSettings;
  readonly #act: (action: TurnAction) => void;
  readonly #onDefect: (error: unknown) => void;
  readonly #deadlines = new Map<TurnTimer, Deadline>();
  readonly #waiting: TurnEvent[] = [];
  #state: TurnState = INITIAL_TURN;
  #isRunning = false;

  constructor(parts: TurnDriverParts) {
    this.#clock = parts.clock;
    this.#timers = parts.timers;
    this.#settings = parts.settings;
    this.#act = parts.act;
    this.#onDefect = parts.onDefect;
  }

  get state(): TurnState {
    return this.#state;
  }

  tell(happening: Happening): void {
    this.#waiting.push({ ...happening, atMs: this.#clock.monotonicMs() });
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
        const { state, commands } = reduceTurn(this.#state, event, this.#settings);
        this.#state = state;
        for (const command of commands) this.#try(command);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** A defect in one command must not silence the call: it goes on with what is left, which is a person. */
  #try(command: TurnCommand): void {
    try {
      this.#run(command);
    } catch (error) {
      this.#onDefect(error);
      this.#waiting.push({ type: "chain-failed", atMs: this.#clock.monotonicMs() });
    }
  }

  #run(command: TurnCommand): void {
    if (command.type === "start-timer") this.#deadline(command.timer).set(command.afterMs);
    else if (command.type === "cancel-timer") this.#deadlines.get(command.timer)?.cancel();
    else this.#act(command);
  }

  #deadline(timer: TurnTimer): Deadline {
    let deadline = this.#deadlines.get(timer);
    if (deadline === undefined) {
      deadline = new Deadline(this.#timers, () => this.tell({ type: "timer-fired", timer }));
      this.#deadlines.set(timer, deadline);
    }
    return deadline;
  }
}
