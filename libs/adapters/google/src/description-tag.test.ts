import fc from "fast-check";
import { expect, test } from "vitest";
import { readDescription, taggedDescription } from "./description-tag.ts";

const KEY = "0123456789abcdefghijklmnop";

test("what was written comes back, with the key beside it", () => {
  const written = fc.string().filter((text) => !/\s$/u.test(text) && !text.includes("[tandem:"));
  fc.assert(
    fc.property(written, (description) => {
      expect(readDescription(taggedDescription(description, KEY))).toEqual({ description, key: KEY });
    }),
  );
});

test.each([
  [undefined, { description: "", key: null }],
  ["By hand", { description: "By hand", key: null }],
  [`By hand\r\n\r\n[tandem:${KEY}]\n`, { description: "By hand", key: KEY }],
  [`[tandem:${KEY}] moved to the front`, { description: `[tandem:${KEY}] moved to the front`, key: null }],
  ["[tandem:TOO-SHORT]", { description: "[tandem:TOO-SHORT]", key: null }],
])("%j", (text, expected) => {
  expect(readDescription(text)).toEqual(expected);
});
