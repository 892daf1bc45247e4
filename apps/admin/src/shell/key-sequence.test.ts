import { expect, test } from "vitest";
import { keySequence } from "./key-sequence.ts";

test("a single key is one from the first moment of a page", () => {
  const read = keySequence();
  expect(read("b", 300)).toBe("b");
  expect(read("?", 350)).toBe("?");
});

test("a key soon after g belongs to it, once", () => {
  const read = keySequence();
  expect([read("g", 5000), read("o", 5900), read("o", 5950)]).toEqual([null, "g o", "o"]);
  expect([read("g", 7000), read("o", 8001)]).toEqual([null, "o"]);
});
