import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterHours } from "../test/after-hours.ts";
import { CALLER, CallScene } from "../test/call-scene.ts";
import type { Asked, ModelReply } from "../test/scripted-models.ts";
import type { ScriptedTools } from "../test/scripted-tools.ts";

const starts = ["2026-01-06T10:00:00.000Z", "2026-01-08T14:30:00.000Z"];
const values: Readonly<Record<string, readonly unknown[]>> = {
  reason: ["a leak", "no light"],
  urgency: ["can-wait", "urgent"],
  caller_name: ["Anna", "Bob"],
  callback_number: [CALLER, "+15550100777", "12"],
  wants_callback: [true, false],
  callback_start: starts,
  start: starts,
  from: ["2026-01-12"],
  name: ["Anna"],
  phone: [CALLER],
  text: ["A leak"],
  destination: ["human", "+19005550100"],
};

/** A model without sense that keeps to the tools on offer, mostly: decided by the numbers alone. */
function sense(numbers: readonly number[]): (asked: Asked) => ModelReply {
  let at = 0;
  const next = (below: number): number => (numbers[at++ % numbers.length] ?? 0) % Math.max(1, below);
  return ({ tools }) => {
    if (next(20) === 7) return "fails";
    const working = tools.filter(({ name }) => name !== "transfer_call" || next(5) === 0);
    const calls = Array.from({ length: next(4) }, (): readonly [string, object | string] => {
      const tool = working[next(working.length)];
      if (tool === undefined || next(20) === 3) return ["nothing", "{"];
      const names = Object.keys(tool.parameters["properties"] ?? {}).filter(() => next(4) !== 0);
      const args = names.map((name) => [name, values[name]?.[next(values[name].length)]] as const);
      return [tool.name, Object.fromEntries(args.filter(([, value]) => value !== undefined))];
    });
    return { say: ["", "I see.", "And then?"][next(3)] ?? "", calls };
  };
}

const turn = fc.record({
  text: fc.constantFrom("yes", "yes, please", "no", "a leak", "555 010 0777", "", "tomorrow at ten"),
  confidence: fc.constantFrom(0.2, 0.5, 0.95, 0.95),
  /** What happens to the answer, and how long after it was begun, milliseconds. */
  end: fc.constantFrom("finish", "finish", "discard", "interrupt", "commit-and-interrupt"),
  afterMs: fc.constantFrom(0, 300, 2000),
});
/** Any step, so that every tool has its turn. */
const beginning = fc.constantFrom(...afterHours.conversation.objectives).map(({ name }) => ({
  objective: name,
  facts: name === "understand" ? [] : [{ field: "caller_name", value: "Anna", isConfirmed: true }],
  transcript: [],
}));

describe("any order of answers, tools, corrections and interruptions", () => {
  it("writes nothing twice, ends every answer once, and keeps its facts straight", async () => {
    let written = 0;
    const play = async (
      turns: readonly (typeof turn extends fc.Arbitrary<infer Turn> ? Turn : never)[],
      scene: CallScene,
    ): Promise<void> => {
      for (const { text, confidence, end, afterMs } of turns) {
        const before = scene.engine.state;
        const { heard, pending } = scene.hears(text, { confidence });
        if (end === "discard" || end === "interrupt") await scene.pass(afterMs);
        expect(scene.engine.state, "nothing moves before the commit").toEqual(before);
        if (end === "discard") {
          pending.discard();
          continue;
        }
        pending.commit();
        if (end === "commit-and-interrupt") await scene.pass(afterMs);
        if (end !== "finish") {
          pending.interrupt(heard.spoken.split(" ")[0] ?? "");
          continue;
        }
        await scene.settle(heard);
        pending.finish();
      }
      await scene.pass(5000);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 30, maxLength: 60 }),
        fc.constantFrom(0, 1000),
        beginning,
        async (turns, numbers, takesMs, resumed) => {
          const scene = new CallScene({ options: { resumed } });
          scene.models.otherwise = sense(numbers);
          for (const { name } of afterHours.tools) scene.tools.takesMs[name] = takesMs;
          await play(turns, scene);
          const writes = scene.tools.ran.filter(({ tool }) => tool !== "find_slots");
          written += writes.length;
          expect(writes.every(({ isSpeculative }) => !isSpeculative)).toBe(true);
          expect(doubled(writes), "every write at most once").toEqual([]);
          const fields = scene.engine.state.facts.map(({ field }) => field);
          expect(new Set(fields).size).toBe(fields.length);
          const begun = scene.eventsOf("tool-started").length;
          expect(scene.eventsOf("tool-finished").length, "whatever was begun came to an end").toBe(begun);
        },
      ),
      { numRuns: 300 },
    );
    expect(written, "or nothing was proven").toBeGreaterThan(50);
  });
});

/** Writes with words that had been written already; after a cancellation the same time may be booked again. */
function doubled(writes: ScriptedTools["ran"]): string[] {
  const written = new Set<string>();
  return writes.flatMap(({ tool, args }) => {
    if (tool === "cancel_booking")
      for (const words of written) if (words.startsWith("book_slot")) written.delete(words);
    const words = `${tool} ${JSON.stringify(args)}`;
    const isDouble = tool !== "cancel_booking" && written.has(words);
    written.add(words);
    return isDouble ? [words] : [];
  });
}
