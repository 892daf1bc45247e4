import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TurnCommand, TurnTimer } from "./turn-command.ts";
import type { TurnEvent } from "./turn-event.ts";
import { reduceTurn } from "./turn-machine.ts";
import { type TurnSettings, turnSettings } from "./turn-settings.ts";
import { INITIAL_TURN, isCallersFloor, type TurnPhase, type TurnState } from "./turn-state.ts";

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
    { type: "call-stalled" },
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

/** Timers that may run in each phase: any other one has leaked. */
const allowed: Readonly<Record<TurnPhase, readonly TurnTimer[]>> = {
  opening: ["barge-in", "silence", "answer", "call-length"],
  listening: ["inactivity", "call-length"],
  "caller-speaking": ["stalled", "keypad", "call-length"],
  "maybe-ended": ["end-of-turn", "stalled", "call-length"],
  interrupted: ["stalled", "call-length"],
  responding: ["barge-in", "acknowledge", "silence", "answer", "call-length"],
  speaking: ["barge-in", "call-length"],
  closing: ["closing"],
};

function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

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
    const { state, commands } = reduceTurn(before, event, settings);
    if (event.type === "timer-fired") this.running.delete(event.timer);
    for (const command of commands) this.follow(command, before);
    this.state = state;
    if (before.ending === "over") hold(state === before && commands.length === 0, "over is over");
    if (before.phase === "closing") hold(state.phase === "closing", "closing is final");
    if (isCallersFloor(state.phase)) {
      const ours = commands.filter(({ type }) => ["commit", "fill", "say", "remind"].includes(type));
      hold(ours.length === 0, "nothing of ours sounds while the caller has the floor");
      hold(state.answer?.isCommitted !== true, "no answer has effects while the caller has the floor");
    }
    const running = [...this.running.keys()];
    hold(running.toSorted().join() === [...state.timers].toSorted().join(), "the state names the running timers");
    for (const timer of running) hold(allowed[state.phase].includes(timer), `${timer} does not run in ${state.phase}`);
    const open = [...this.fates.values()].filter((fate) => fate !== "over").length;
    hold(open === (state.answer === null ? 0 : 1), "at most one answer is open, and the state knows it");
  }

  follow(command: TurnCommand, before: TurnState): void {
    switch (command.type) {
      case "start-timer":
        hold(command.afterMs >= 0 && Number.isFinite(command.afterMs), "timers have a length");
        this.running.set(command.timer, this.nowMs + command.afterMs);
        return;
      case "cancel-timer":
        return hold(this.running.delete(command.timer), "only running timers are cancelled");
      case "open":
        return this.turn(0, undefined, "committed");
      case "begin":
        if (command.isSpeculative) hold(command.text !== "", "there is something to answer");
        if (command.via === "keypad") this.keypad.add(command.id);
        return this.turn(command.id, undefined, "begun");
      case "remind":
        return this.turn(command.id, undefined, "begun");
      case "commit":
        if (before.phase === "speaking" || before.phase === "responding")
          hold(this.keypad.has(command.id), "only the keypad takes a turn from the agent in one step");
        return this.turn(command.id, "begun", "committed");
      case "discard":
        return this.turn(command.id, "begun", "over");
      case "interrupt":
      case "finish":
        return this.turn(command.id, "committed", "over");
      case "fill":
        return hold(this.fates.get(command.id) === "committed", "fillers belong to a committed answer");
      case "hand-off":
      case "hang-up":
        return hold(++this.ends === 1, "a call ends once");
      case "finalize":
      case "say":
        return;
    }
  }

  turn(answer: number, from: AnswerFate | undefined, to: AnswerFate): void {
    hold(this.fates.get(answer) === from, `answer ${answer} is ${to} from ${from}`);
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

/** What a line full of noise tells without a word: the detector comes and goes, the recogniser repeats itself. */
const noise = fc.oneof(
  fc.constantFrom({ type: "voice-started" }, { type: "utterance-ended" }, { type: "turn-resumed" }, { type: "again" }),
  fc.record({ type: fc.constant("voice-stopped"), silentMs: fc.nat({ max: 300 }) }),
  fc.record({ type: fc.constant("turn-end-recognised"), isEager: fc.boolean() }),
  fc.record({ type: fc.constant("pass"), durationMs: fc.nat({ max: 450 }) }),
);
type Noise = { readonly type: string; readonly durationMs?: number };

/** One thing of a noisy line; while the agent speaks, what it says is heard at once. */
function disturb(witness: Witness, event: Noise): void {
  const { state, nowMs: atMs } = witness;
  const { answer, text } = state;
  if (event.type === "pass") witness.pass(event.durationMs ?? 0);
  else if (event.type === "again")
    witness.tell({ type: "words-heard", text, isFinal: true, isEndpoint: true, confidence: 0.9, ageMs: 0, atMs });
  else witness.tell({ ...event, atMs } as TurnEvent);
  if (answer?.isCommitted === true) witness.tell({ type: "answer-heard", id: answer.id, atMs: witness.nowMs });
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
  test("noise without a new word puts off neither the caller's answer nor the question whether anybody is there", () => {
    const { stalledSpeechMs, endpointingMs, transcriptWaitMs, inactivityMs, keypadPauseMs } = settings;
    // Each of the three waits is noticed at the end of the pass of 200 ms in which it ends.
    const noticedMs = 3 * 450 + 50;
    const longestMs =
      inactivityMs + keypadPauseMs + 2 * (stalledSpeechMs + endpointingMs + transcriptWaitMs) + noticedMs;
    fc.assert(
      fc.property(course, fc.array(noise, { minLength: 1, maxLength: 12 }), (events, disturbance) => {
        const witness = follow(events);
        const ours = (): number => witness.fates.size + witness.ends;
        let count = ours();
        let sinceMs = witness.nowMs;
        const untilMs = witness.nowMs + 60_000;
        const round: readonly Noise[] = [...disturbance, { type: "pass", durationMs: 200 }];
        for (let at = 0; witness.nowMs < untilMs && witness.state.phase !== "closing"; at += 1) {
          disturb(witness, round[at % round.length]!);
          const isOurs = [...witness.fates.values()].includes("committed");
          if (isOurs || ours() !== count) sinceMs = witness.nowMs;
          count = ours();
          expect(witness.nowMs - sinceMs).toBeLessThanOrEqual(longestMs);
        }
      }),
      { numRuns: 1000 },
    );
  });

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
        while (isCallersFloor(witness.state.phase) && witness.fireNext()) hold(true, "time passes");
        expect(isCallersFloor(witness.state.phase)).toBe(false);
        expect(witness.nowMs - sinceMs).toBeLessThanOrEqual(longestMs);
      }),
      { numRuns: 500 },
    );
  });
});
