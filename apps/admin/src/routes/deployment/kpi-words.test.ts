import { expect, test } from "vitest";
import { compare, shown } from "./kpi-words.ts";

test.each([
  [0.5, "ratio", "50.0 %"],
  [1, "ratio", "100 %"],
  [95, "seconds", "1 min 35 s"],
  [4, "count", "4"],
  [210_000, "currency", "$0.21"],
  [null, "ratio", "–"],
] as const)("%s %s is shown as %s", (value, unit, text) => {
  expect(shown({ value, unit })).toBe(text);
});

test("better and worse follow the good direction; what looks the same is the same, and without a sample nothing is said", () => {
  const time = { unit: "seconds", goodDirection: "down" } as const;
  expect(compare({ ...time, value: 60 }, { value: 90 })).toBe("better");
  expect(compare({ ...time, value: 90 }, { value: 60 })).toBe("worse");
  expect(compare({ ...time, value: 60.1 }, { value: 60.2 })).toBe("same");
  expect(compare({ ...time, value: null }, { value: 60 })).toBeNull();
});
