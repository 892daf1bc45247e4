import { expect, test } from "vitest";
import { wasSaid, spokenWords } from "./spoken-text.ts";
import { conversation, damagedWords } from "./turns.ts";

const word = (text: string, startMs: number, confidence = 1) => ({ text, startMs, endMs: startMs + 100, confidence });

test("the tail of an answer under the caller's words belongs to that answer; what follows is the next one", () => {
  const utterances = [{ text: "stop", startMs: 1000, endMs: 1400, latencyMs: 250 }];
  const words = [word("we", 700), word("are", 900), word("open", 1100), word("sorry", 1650)];
  const { turns, heard } = conversation(utterances, words, [{ text: "Goodbye.", atMs: 3000 }]);
  expect(turns).toEqual([
    { by: "agent", text: "we are open", startMs: 700, endMs: 1200, latencyMs: null, wasInterrupted: true },
    { by: "caller", text: "stop", startMs: 1000, endMs: 1400, latencyMs: null, wasInterrupted: false },
    { by: "agent", text: "sorry", startMs: 1650, endMs: 1750, latencyMs: 250, wasInterrupted: false },
    { by: "carrier", text: "Goodbye.", startMs: 3000, endMs: 3000, latencyMs: null, wasInterrupted: false },
  ]);
  expect(heard.map(({ text, turn }) => [text, turn])).toEqual([
    ["we", 0],
    ["are", 0],
    ["open", 0],
    ["sorry", 2],
  ]);
});

test("damage counts, but not what the caller cut off itself", () => {
  const utterances = [{ text: "stop", startMs: 1000, endMs: 1400, latencyMs: null }];
  const words = [
    word("a\u00b7c", 300, 0.2),
    word("ope\u00b7", 1050, 0.2),
    word("la\u00b7t", 4000, 0.1),
    word("sure", 4200, 0.5),
  ];
  expect(damagedWords(utterances, words)).toBe(2);
});

test("texts are compared by whole words, without case and punctuation", () => {
  const heard = spokenWords("Thank you for calling, Acme's office. It's 2026-11-30; dial +15550100199!");
  for (const said of ["thank YOU", "acmes office", "It's 2026-11-30"]) expect(wasSaid(heard, said)).toBe(true);
  for (const other of ["call", "you thank", "office 2026", "", "!"]) expect(wasSaid(heard, other)).toBe(false);
  expect(wasSaid(spokenWords("15550100199"), "+15550100199")).toBe(true);
  expect(wasSaid(spokenWords("Tues\u00b7ay"), "Tuesday")).toBe(false);
});
