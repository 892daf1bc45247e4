import { expect, test } from "vitest";
import { eventsOfStack, evidenceOf, tellingFigures } from "./evidence.ts";

const event = (seq: number, type: "stack-cleared" | "noted", payload: object) =>
  ({ seq, at: "2026-11-28T10:00:00.000Z", type, actor: "person:1", payload }) as never;
const figure = (word: string, count: number) => ({ meaning: "calls that broke off", count, of: 6, word });
const health = (word: string, count: number) =>
  ({ to: "", calls: 6, stacks: [{ stack: "audio", word, figures: [figure(word, count)] }] }) as never;

test("evidence belongs to the stack that was judged by it; a note is nobody's", () => {
  const cleared = event(2, "stack-cleared", { stack: "audio", evidence: [{ kind: "text", text: "heard" }] });
  const events = [event(1, "noted", { text: "x", evidence: [] }), cleared];
  expect(eventsOfStack({ events }, "audio")).toEqual([cleared]);
  expect(eventsOfStack({ events }, "output")).toEqual([]);
  expect(evidenceOf(cleared)).toEqual([{ kind: "text", text: "heard" }]);
  expect(evidenceOf(event(1, "noted", { text: "x" }))).toEqual([]);
});

test("kept figures are told by what is wrong, else by how the stacks stood", () => {
  expect(tellingFigures(health("failing", 4), "audio")).toEqual(["4 of 6 calls that broke off"]);
  expect(tellingFigures(health("healthy", 0), null)).toEqual(["audio healthy"]);
  expect(tellingFigures(health("failing", 4), "output")).toEqual([]);
});
