import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CALLER, CallScene } from "../test/call-scene.ts";
import type { ModelReply } from "../test/scripted-models.ts";

const start = "2026-01-06T10:00:00.000Z";
const calls: readonly (readonly [string, object | string])[] = [
  ["record_answers", { reason: "a leak", urgency: "can-wait" }],
  ["record_answers", { caller_name: "Anna", callback_number: CALLER }],
  ["record_answers", { callback_number: "+15550100777" }],
  ["record_answers", { wants_callback: true, callback_start: start }],
  ["record_answers", { wants_callback: false }],
  ["record_answers", "{"],
  ["find_slots", {}],
  ["find_slots", { from: "2026-01-12" }],
  ["book_slot", { start, name: "Anna", phone: CALLER }],
  ["save_contact", { name: "Anna", phone: CALLER }],
  ["save_message", { text: "A leak" }],
  ["transfer_call", { destination: "human" }],
  ["transfer_call", { destination: "+19005550100" }],
  ["end_call", {}],
  ["nothing", {}],
];
const reply: fc.Arbitrary<ModelReply> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<ModelReply>("fails") },
  {
    weight: 9,
    arbitrary: fc.record({
      say: fc.constantFrom("", "I see.", "And then?"),
      calls: fc.array(fc.constantFrom(...calls), { maxLength: 3 }),
    }),
  },
);
const turn = fc.record({
  text: fc.constantFrom("yes", "no", "a leak", "555 010 0777", "", "I already told you", "tomorrow at ten"),
  confidence: fc.constantFrom(0.2, 0.5, 0.95),
  replies: fc.array(reply, { minLength: 7, maxLength: 7 }),
  /** What happens to the answer, and how long after it was begun, milliseconds. */
  end: fc.constantFrom("finish", "discard", "interrupt", "commit-and-interrupt"),
  afterMs: fc.constantFrom(0, 300, 2000),
});

describe("any order of answers, tools, corrections and interruptions", () => {
  it("writes nothing twice, ends every answer once, and keeps its facts straight", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 8 }), fc.constantFrom(0, 1000), async (turns, takesMs) => {
        const scene = new CallScene();
        for (const tool of ["find_slots", "book_slot", "save_contact", "save_message"])
          scene.tools.takesMs[tool] = takesMs;
        for (const { text, confidence, replies, end, afterMs } of turns) {
          scene.models.replaceWith(...replies);
          const before = scene.engine.state;
          const { heard, pending } = scene.hears(text, { confidence });
          if (end === "discard") {
            await scene.pass(afterMs);
            pending.discard();
            expect(scene.engine.state.transcript).toEqual(before.transcript);
            continue;
          }
          if (end === "interrupt") await scene.pass(afterMs);
          expect(scene.engine.state, "nothing moves before the commit").toEqual(before);
          pending.commit();
          if (end === "commit-and-interrupt") await scene.pass(afterMs);
          if (end === "finish") {
            await scene.settle(heard);
            pending.finish();
          } else pending.interrupt(heard.spoken.split(" ")[0] ?? "");
        }
        await scene.pass(5000);
        const writes = scene.tools.ran.filter(({ tool }) => tool !== "find_slots");
        const words = writes.map(({ tool, args }) => JSON.stringify([tool, args]));
        expect(new Set(words).size, "every write at most once").toBe(words.length);
        expect(writes.every(({ isSpeculative }) => !isSpeculative)).toBe(true);
        const fields = scene.engine.state.facts.map(({ field }) => field);
        expect(new Set(fields).size).toBe(fields.length);
        const started = scene.eventsOf("tool-started").length;
        expect(scene.eventsOf("tool-finished").length, "whatever was begun came to an end").toBe(started);
      }),
      { numRuns: 60 },
    );
  });
});
