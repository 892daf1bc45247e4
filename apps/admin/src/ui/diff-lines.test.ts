import { expect, test } from "vitest";
import { diffLines, foldedRows, sideBySide } from "./diff-lines.ts";

const text = (...lines: string[]): string => lines.join("\n");

test("only what differs is removed and added", () => {
  const lines = diffLines(text("a", "b", "c", "d"), text("a", "x", "c", "d", "e"));
  expect(lines.map(({ kind, text: of }) => `${kind} ${of}`)).toEqual([
    "both a",
    "removed b",
    "added x",
    "both c",
    "both d",
    "added e",
  ]);
});

test("either side alone is the whole of its text", () => {
  const [before, after] = [text("1", "2", "3", "2", "1"), text("2", "1", "4", "2")];
  const lines = diffLines(before, after);
  const side = (kind: string): string =>
    lines
      .filter((line) => line.kind === "both" || line.kind === kind)
      .map((line) => line.text)
      .join("\n");
  expect(side("removed")).toBe(before);
  expect(side("added")).toBe(after);
});

test("beside each other, a line stands at the one that took its place", () => {
  expect(sideBySide(diffLines(text("a", "b"), text("a", "c", "d")))).toEqual([
    { before: "a", after: "a", isSame: true },
    { before: "b", after: "c", isSame: false },
    { before: null, after: "d", isSame: false },
  ]);
});

test("texts too long for an exact comparison are still told whole", () => {
  const before = Array.from({ length: 2500 }, (_, index) => `old ${index}`).join("\n");
  const after = Array.from({ length: 2500 }, (_, index) => `new ${index}`).join("\n");
  expect(diffLines(before, after)).toHaveLength(5000);
});

test("long stretches that agree are folded, short ones and what is near a difference are shown", () => {
  const before = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const after = before.with(10, "line ten");
  const runs = foldedRows(sideBySide(diffLines(before.join("\n"), after.join("\n"))));
  expect(runs.map(({ isHidden, rows }) => [isHidden, rows.length])).toEqual([
    [true, 7],
    [false, 7],
    [true, 16],
  ]);
  const near = foldedRows(sideBySide(diffLines(before.slice(0, 14).join("\n"), after.slice(0, 14).join("\n"))));
  expect(near.map(({ isHidden }) => isHidden)).toEqual([true, false]);
});
