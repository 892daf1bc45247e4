import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TurnCommand, TurnTimer } from "./turn-command.ts";
import type { TurnEvent } from "./turn-event.ts";
import { reduceTurn } from "./turn-machine.ts";
import { type TurnSettings, turnSettings } from "./turn-settings.ts";
import { INITIAL_TURN, isCallersFloor, type TurnState } from "./turn-state.ts";

const settings: TurnSettings = turnSettings({
  agent: { kind: "tandem", language: "en", endpointingMs: 500, audio: { encoding: "mulaw", sampleRateHz: 8000 } },
  conversation: { limits: { maxCallMinutes: 3, inactivitySeconds: 10 } },
  latency: {
    profile: "responsive-500",
    sttMs: 100,
    llmFirstTokenMs: 200,
    ttsFirstAudioMs: 100,
    networkMs: 50,
    endToEndMs: 500,
  },
});

const timers: readonly TurnTimer[] = [
  "end-of-turn",
  "barge-in",
  "stalled",
  "keypad",
  "acknowledge",
  "silence",
  "answer",
  "inactivity",
  "call-length",
  "closing",
];
const texts = [
  "",
  "yes",
  "mhm",
  "wait",
  "I need",
  "I need help.",
  "i need help",
  "My number is 555.",
  "No, Tuesday and",
];
const id = fc.nat({ max: 6 });

/** Anything, whether it makes sense now or not. */
const happening = fc.oneof(
  fc.constantFrom(
    { type: "voice-started" },
    { type: "utterance-ended" },
    { type: "turn-resumed" },
    { type: "phrase-heard" },
    { type: "line-opened" },
  ),
  fc.record({ type: fc.constant("voice-stopped"), silentMs: fc.nat({ max: 300 }) }),
  fc.record({
    type: fc.constant("words-heard"),
    text: fc.constantFrom(...texts),
    isFinal: fc.boolean(),
    isEndpoint: fc.boolean(),
    confidence: fc.constant(0.9),
    ageMs: fc.nat({ max: 900 }),
  }),
  fc.record({ type: fc.constant("turn-end-recognised"), isEager: fc.boolean() }),
  fc.record({ type: fc.constant("digit-pressed"), digit: fc.constantFrom("1", "#") }),
  fc.record({ type: fc.constant("protection-changed"), isProtected: fc.boolean() }),
  fc.record({
    type: fc.constantFrom(
      "answer-waiting",
      "answer-worded",
      "answer-sounded",
      "answer-starved",
      "answer-heard",
      "filler-heard",
    ),
    id,
  }),
  fc.record({
    type: fc.constant("answer-made"),
    id,
    outcome: fc.constantFrom("listen", "listen", "hand-off", "hang-up", "failed"),
  }),
  fc.record({ type: fc.constant("timer-fired"), timer: fc.constantFrom(...timers) }),
  fc.record({ type: fc.constant("pass"), durationMs: fc.nat({ max: 1500 }) }),
  fc.record({ type: fc.constant("pass"), durationMs: fc.nat({ max: 90 }) }),
);
/** The rare ends of a call come at the end of the list only: most runs are long. */
const ending = fc.constantFrom({ type: "line-closed" }, { type: "chain-failed" }, { type: "utterance-ended" });
const course = fc.tuple(fc.array(happening, { maxLength: 60 }), ending).map(([all, last]) => [...all, last]);

type AnswerFate = "begun" | "committed" | "over";

/** Follows a call and holds every transition against what must be true. */
class Witness {
  state: TurnState = INITIAL_TURN;
  nowMs = 0;
  readonly running = new Map<TurnTimer, number>();
  readonly fates = new Map<number, AnswerFate>();
  readonly keypad = new Set<number>();
  ends = 0;

  tell(event: TurnEvent): void {
    const before = this.state;
    const wasOver = before.ending === "over";
    const { state, commands } = reduceTurn(before, event, settings);
    if (event.type === "timer-fired") this.running.delete(event.timer);
    for (const command of commands) this.follow(command, before);
    this.state = state;
    if (wasOver) expect({ state, commands }).toEqual({ state: before, commands: [] });
    if (before.phase === "closing") expect(state.phase).toBe("closing");
    if (isCallersFloor(state.phase)) {
      expect(
        commands.filter(({ type }) => type === "commit" || type === "fill" || type === "say" || type === "remind"),
      ).toEqual([]);
      expect(state.answer?.isCommitted ?? false).toBe(false);
    }
    expect([...this.running.keys()].toSorted()).toEqual([...state.timers].toSorted());
    expect([...this.fates].filter(([, fate]) => fate !== "over").length).toBe(state.answer === null ? 0 : 1);
  }

  follow(command: TurnCommand, before: TurnState): void {
    switch (command.type) {
      case "start-timer":
        expect(command.afterMs).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(command.afterMs)).toBe(true);
        this.running.set(command.timer, this.nowMs + command.afterMs);
        return;
      case "cancel-timer":
        expect(this.running.delete(command.timer)).toBe(true);
        return;
      case "open":
        return this.turn(0, undefined, "committed");
      case "begin":
      case "remind":
        expect([...this.fates.values()].every((fate) => fate === "over")).toBe(true);
        if (command.type === "begin" && command.isSpeculative) expect(command.text).not.toBe("");
        if (command.type === "begin" && command.via === "keypad") this.keypad.add(command.id);
        return this.turn(command.id, undefined, "begun");
      case "commit":
        // While the agent has the floor only the keypad can take a turn in one step.
        if (before.phase === "speaking" || before.phase === "responding")
          expect(this.keypad.has(command.id)).toBe(true);
        return this.turn(command.id, "begun", "committed");
      case "discard":
        return this.turn(command.id, "begun", "over");
      case "interrupt":
      case "finish":
        return this.turn(command.id, "committed", "over");
      case "fill":
        expect(this.fates.get(command.id)).toBe("committed");
        return;
      case "hand-off":
      case "hang-up":
        this.ends += 1;
        expect(this.ends).toBe(1);
        return;
      case "finalize":
      case "say":
        return;
    }
  }

  turn(answer: number, from: AnswerFate | undefined, to: AnswerFate): void {
    expect(this.fates.get(answer)).toBe(from);
    this.fates.set(answer, to);
  }

  /** Lets the earliest timer fire; false when none runs. */
  fireNext(): boolean {
    const [first] = [...this.running].toSorted((left, right) => left[1] - right[1]);
    if (first === undefined) return false;
    this.nowMs = Math.max(this.nowMs, first[1]);
    this.tell({ type: "timer-fired", timer: first[0], atMs: this.nowMs });
    return true;
  }

  pass(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    while (Math.min(...this.running.values()) <= untilMs) this.fireNext();
    this.nowMs = untilMs;
  }
}

function follow(events: readonly { readonly type: string; readonly durationMs?: number }[]): Witness {
  const witness = new Witness();
  witness.tell({ type: "line-opened", atMs: 0 });
  for (const event of events) {
    if (event.type === "pass") witness.pass(event.durationMs ?? 0);
    else if (event.type !== "timer-fired" || !witness.running.has((event as { timer?: TurnTimer }).timer ?? "closing"))
      witness.tell({ ...event, atMs: witness.nowMs } as TurnEvent);
  }
  return witness;
}

describe("whatever happens in whatever order", () => {
  test("the floor is respected, answers end exactly once, timers are those that run, closing is final", () => {
    fc.assert(
      fc.property(course, (events) => {
        follow(events);
      }),
      { numRuns: 1500 },
    );
  });

  test("every call that nobody touches any more ends in bounded time, with nothing running and nothing open", () => {
    fc.assert(
      fc.property(course, (events) => {
        const witness = follow(events);
        const sinceMs = witness.nowMs;
        let steps = 0;
        while (witness.fireNext()) expect(++steps).toBeLessThan(400);
        expect(witness.state.phase).toBe("closing");
        expect(witness.state.ending).toBe("over");
        expect(witness.nowMs - sinceMs).toBeLessThanOrEqual(settings.callLengthMs + settings.closingMs);
        expect([...witness.fates.values()].every((fate) => fate === "over")).toBe(true);
        expect(witness.running.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("a caller who has the floor keeps it for no longer than the rules allow", () => {
    const longestMs =
      settings.stalledSpeechMs + settings.endpointingMs + settings.transcriptWaitMs + settings.keypadPauseMs + 1;
    fc.assert(
      fc.property(course, (events) => {
        const witness = follow(events);
        const sinceMs = witness.nowMs;
        while (isCallersFloor(witness.state.phase) && witness.fireNext());
        expect(isCallersFloor(witness.state.phase)).toBe(false);
        expect(witness.nowMs - sinceMs).toBeLessThanOrEqual(longestMs);
      }),
      { numRuns: 500 },
    );
  });
});
