import { describe, expect, test } from "vitest";
import type { TurnCommand, TurnTimer } from "./turn-command.ts";
import type { TurnEvent } from "./turn-event.ts";
import { reduceTurn } from "./turn-machine.ts";
import { type TurnSettings, turnSettings } from "./turn-settings.ts";
import { INITIAL_TURN, type TurnState } from "./turn-state.ts";

const settings: TurnSettings = turnSettings({
  agent: {
    kind: "tandem",
    language: "en-US",
    endpointingMs: 500,
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
  },
  conversation: { limits: { maxCallMinutes: 10, inactivitySeconds: 10 } },
  latency: {
    profile: "responsive-500",
    sttMs: 100,
    llmFirstTokenMs: 200,
    ttsFirstAudioMs: 100,
    networkMs: 50,
    endToEndMs: 500,
  },
});

type Happening = TurnEvent extends infer Each ? (Each extends TurnEvent ? Omit<Each, "atMs"> : never) : never;

/** A call on paper: time is what the test says, timers fire in their order. */
class PaperCall {
  state: TurnState = INITIAL_TURN;
  nowMs = 1000;
  commands: TurnCommand[] = [];
  readonly due = new Map<TurnTimer, number>();
  readonly tuned: TurnSettings;

  constructor(change: Partial<TurnSettings> = {}) {
    this.tuned = { ...settings, ...change };
  }

  tell(happening: Happening): this {
    const { state, commands } = reduceTurn(this.state, { ...happening, atMs: this.nowMs }, this.tuned);
    this.state = state;
    for (const command of commands) {
      if (command.type === "start-timer") this.due.set(command.timer, this.nowMs + command.afterMs);
      else if (command.type === "cancel-timer") this.due.delete(command.timer);
      else this.commands.push(command);
    }
    return this;
  }

  words(text: string, change: Partial<Extract<TurnEvent, { type: "words-heard" }>> = {}): this {
    return this.tell({
      type: "words-heard",
      text,
      isFinal: false,
      isEndpoint: false,
      confidence: 0.9,
      ageMs: 60,
      ...change,
    });
  }

  pass(durationMs: number): this {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      const [first] = [...this.due].filter(([, atMs]) => atMs <= untilMs).toSorted((a, b) => a[1] - b[1]);
      if (first === undefined) break;
      this.due.delete(first[0]);
      this.nowMs = Math.max(this.nowMs, first[1]);
      this.tell({ type: "timer-fired", timer: first[0] });
    }
    this.nowMs = untilMs;
    return this;
  }

  /** What was asked for since the last look, without timers. */
  look(): string[] {
    const seen = this.commands.map((command) => ("id" in command ? `${command.type} ${command.id}` : command.type));
    this.commands = [];
    return seen;
  }

  opened(): this {
    this.tell({ type: "line-opened" }).tell({ type: "answer-sounded", id: 0 }).tell({ type: "answer-heard", id: 0 });
    this.look();
    return this;
  }

  /** Up to an answer that can be heard. */
  answered(): this {
    this.opened().tell({ type: "voice-started" }).pass(800).words("Book me tomorrow.");
    this.tell({ type: "voice-stopped", silentMs: 60 }).pass(600).tell({ type: "answer-sounded", id: 1 });
    this.look();
    return this;
  }
}

describe("a turn", () => {
  test("a complete sentence: begun on it, kept when the turn ends 170 ms after the last voice", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900).words("Book me tomorrow.");
    expect(call.look()).toEqual(["begin 1"]);
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(100);
    expect(call.look()).toEqual([]);
    call.pass(11);
    expect(call.look()).toEqual(["commit 1"]);
    expect(call.state.phase).toBe("responding");
    expect(call.tell({ type: "answer-sounded", id: 1 }).state.phase).toBe("speaking");
    call.tell({ type: "answer-made", id: 1, outcome: "listen" }).tell({ type: "answer-heard", id: 1 });
    expect(call.look()).toEqual(["finish 1"]);
    expect(call.state.phase).toBe("listening");
  });

  test("an unclear one waits for the release's silence; the caller going on throws the answer away", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900).words("Book me in and");
    call.tell({ type: "voice-stopped", silentMs: 60 });
    expect(call.look()).toEqual(["begin 1"]);
    call.pass(400).tell({ type: "voice-started" });
    expect(call.state.phase).toBe("caller-speaking");
    call.pass(500).words("Book me in and call my wife.");
    expect(call.look()).toEqual(["discard 1", "begin 2"]);
    call.tell({ type: "voice-stopped", silentMs: 100 }).pass(70);
    expect(call.look()).toEqual(["commit 2"]);
  });

  test("without speculation nothing is begun before the end", () => {
    const call = new PaperCall({ isSpeculative: false }).opened().tell({ type: "voice-started" }).pass(900);
    call.words("Book me tomorrow.").tell({ type: "voice-stopped", silentMs: 60 });
    expect(call.look()).toEqual([]);
    call.pass(200);
    expect(call.look()).toEqual(["begin 1", "commit 1"]);
  });

  test("words that are late are waited for, and asked for", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900);
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(500);
    expect(call.look()).toEqual(["finalize"]);
    call.pass(300).words("Book me tomorrow.", { isFinal: true, ageMs: 870 });
    expect(call.look()).toEqual(["begin 1"]);
    call.pass(1);
    expect(call.look()).toEqual(["commit 1"]);
  });

  test("words that lag behind the voice are waited for, until the recogniser says that they are all", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(600).words("I need");
    call.pass(900).tell({ type: "voice-stopped", silentMs: 60 }).pass(500);
    expect(call.look()).toEqual(["finalize"]);
    call.pass(300).words("I need help.", { ageMs: 800 }).pass(1);
    expect(call.look()).toEqual(["begin 1", "commit 1"]);
    const noisy = new PaperCall().opened().tell({ type: "voice-started" }).pass(600).words("I need");
    noisy
      .pass(900)
      .tell({ type: "voice-stopped", silentMs: 60 })
      .pass(500)
      .words("I need", { isFinal: true, ageMs: 1400 });
    expect(noisy.pass(1).look()).toEqual(["finalize", "begin 1", "commit 1"]);
  });

  test("noise without words is let go", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(300);
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(2700);
    expect(call.look()).toEqual(["finalize"]);
    expect(call.state.phase).toBe("listening");
  });

  test("a detector that never hears silence does not hold the floor: the recogniser's word counts", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900);
    call.words("Book me tomorrow.", { isFinal: true, isEndpoint: true, ageMs: 320 }).pass(10);
    expect(call.look()).toEqual(["begin 1", "commit 1"]);
    const stuck = new PaperCall().opened().tell({ type: "voice-started" }).pass(900).words("Book me in and").pass(5000);
    expect(stuck.look()).toEqual(["begin 1", "commit 1"]);
  });

  test("a turn-aware recogniser: eager begins, resumed throws away, its end ends", () => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900).words("Book me in and");
    call.tell({ type: "turn-end-recognised", isEager: true }).tell({ type: "turn-resumed" });
    expect(call.look()).toEqual(["begin 1", "discard 1"]);
    call.words("Book me in and out").tell({ type: "voice-stopped", silentMs: 50 });
    call.tell({ type: "turn-end-recognised", isEager: false });
    expect(call.look()).toEqual(["begin 2", "commit 2"]);
  });
});

describe("talking over the agent", () => {
  test("a word takes the floor; what follows is the next turn", () => {
    const call = new PaperCall().answered().tell({ type: "voice-started" }).pass(250).words("wait");
    expect(call.look()).toEqual(["interrupt 1"]);
    expect(call.state.phase).toBe("interrupted");
    call.pass(400).words("Wait, not today.").tell({ type: "voice-stopped", silentMs: 60 }).pass(200);
    expect(call.look()).toEqual(["begin 2", "commit 2"]);
  });

  test("signs of listening do not, and are kept: at the very end they answer", () => {
    const call = new PaperCall().answered().tell({ type: "voice-started" }).pass(200).words("yes");
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(200);
    expect(call.look()).toEqual([]);
    expect(call.state).toMatchObject({ phase: "speaking", text: "yes" });
    call.tell({ type: "answer-made", id: 1, outcome: "listen" }).tell({ type: "answer-heard", id: 1 }).pass(500);
    expect(call.look()).toEqual(["finish 1", "begin 2", "commit 2"]);
  });

  test("an early sign of listening answers nothing", () => {
    const call = new PaperCall().answered().tell({ type: "voice-started" }).pass(200).words("okay");
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(3000);
    call
      .tell({ type: "answer-made", id: 1, outcome: "listen" })
      .tell({ type: "answer-heard", id: 1 })
      .words("Okay.", { ageMs: 3200 });
    call.pass(2000);
    expect(call.look()).toEqual(["finish 1"]);
    expect(call.state.phase).toBe("listening");
  });

  test("speech that insists takes the floor without a word; nothing understood asks again", () => {
    const call = new PaperCall().answered().tell({ type: "voice-started" }).pass(700);
    expect(call.look()).toEqual(["interrupt 1"]);
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(3000);
    expect(call.look()).toEqual(["finalize", "remind 2", "commit 2"]);
  });

  test("a long sign of listening is still one, as long as its words keep coming", () => {
    const call = new PaperCall().answered().tell({ type: "voice-started" }).pass(600).words("mhm okay").pass(500);
    expect(call.look()).toEqual([]);
    call.pass(1000);
    expect(call.look()).toEqual(["interrupt 1"]);
  });

  test("a protected line is played to its end; then the caller has the floor", () => {
    const call = new PaperCall().tell({ type: "line-opened" }).tell({ type: "protection-changed", isProtected: true });
    call.tell({ type: "answer-sounded", id: 0 }).tell({ type: "voice-started" }).pass(900).words("I have a question.");
    expect(call.look()).toEqual(["open"]);
    call.tell({ type: "protection-changed", isProtected: false });
    expect(call.look()).toEqual(["interrupt 0", "begin 1"]);
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(200);
    expect(call.look()).toEqual(["commit 1"]);
  });
});

describe("an answer that is due", () => {
  const due = (): PaperCall => {
    const call = new PaperCall().opened().tell({ type: "voice-started" }).pass(900).words("Book me tomorrow.");
    call.tell({ type: "voice-stopped", silentMs: 60 }).pass(150);
    call.look();
    return call;
  };

  test("an acknowledgement is said only when the turn's budget is over", () => {
    const call = due().tell({ type: "answer-waiting", id: 1 }).pass(200);
    expect(call.look()).toEqual([]);
    call.pass(200);
    expect(call.look()).toEqual(["fill 1"]);
    const quick = due().tell({ type: "answer-waiting", id: 1 }).tell({ type: "answer-worded", id: 1 }).pass(800);
    expect(quick.look()).toEqual([]);
  });

  test("never two seconds of silence: a filler, again after it, and the prepared message at last", () => {
    const call = due().pass(1600);
    expect(call.look()).toEqual(["fill 1"]);
    call.tell({ type: "filler-heard", id: 1 }).pass(1700);
    expect(call.look()).toEqual(["fill 1"]);
    call.pass(25_000);
    expect(call.look()).toEqual(["interrupt 1", "say"]);
    call.tell({ type: "phrase-heard" });
    expect(call.look()).toEqual(["hand-off null"]);
  });

  test("an answer that pauses is due again", () => {
    const call = due().tell({ type: "answer-sounded", id: 1 }).tell({ type: "answer-starved", id: 1 });
    expect(call.state.phase).toBe("responding");
    call.pass(1700);
    expect(call.look()).toEqual(["fill 1"]);
  });
});

describe("the end", () => {
  test.each(["hand-off", "hang-up"] as const)("%s after the answer was heard", (outcome) => {
    const call = new PaperCall().answered().tell({ type: "answer-made", id: 1, outcome });
    expect(call.look()).toEqual([]);
    call.tell({ type: "answer-heard", id: 1 });
    expect(call.look()).toEqual(["finish 1", outcome === "hand-off" ? "hand-off 1" : "hang-up"]);
    expect(call.due.size).toBe(0);
  });

  test("a failed answer and a failed chain: the prepared message, then a person", () => {
    const call = new PaperCall()
      .answered()
      .tell({ type: "answer-made", id: 1, outcome: "failed" })
      .tell({ type: "answer-heard", id: 1 });
    expect(call.look()).toEqual(["finish 1", "say"]);
    call.pass(20_000);
    expect(call.look()).toEqual(["hand-off null"]);
    const broken = new PaperCall().answered().tell({ type: "chain-failed" });
    expect(broken.look()).toEqual(["interrupt 1", "say"]);
  });

  test("a silent caller is reminded, then let go", () => {
    const call = new PaperCall().opened();
    for (const id of [1, 2, 3]) {
      call.pass(10_000);
      expect(call.look()).toEqual([`remind ${id}`, `commit ${id}`]);
      call
        .tell({ type: "answer-sounded", id })
        .tell({ type: "answer-made", id, outcome: "listen" })
        .tell({ type: "answer-heard", id });
      call.look();
    }
    call.pass(10_000);
    expect(call.look()).toEqual(["hang-up"]);
  });

  test("the longest call ends with a sentence", () => {
    const call = new PaperCall().answered().pass(600_000);
    expect(call.look()).toContain("say");
    call.tell({ type: "phrase-heard" });
    expect(call.look()).toEqual(["hang-up"]);
  });

  test("digits end with # or a pause and are the caller's turn", () => {
    const call = new PaperCall().answered();
    for (const digit of "42#") call.tell({ type: "digit-pressed", digit });
    expect(call.commands).toContainEqual({
      type: "begin",
      id: 2,
      text: "42",
      confidence: 1,
      via: "keypad",
      isSpeculative: false,
    });
    expect(call.look()).toEqual(["interrupt 1", "begin 2", "commit 2"]);
    const pausing = new PaperCall().opened().tell({ type: "digit-pressed", digit: "7" }).pass(2100);
    expect(pausing.look()).toEqual(["begin 1", "commit 1"]);
  });
});
