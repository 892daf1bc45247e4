import { expect, it } from "vitest";
import { canonicalJson } from "./canonical.ts";

it("orders members by code unit, whatever order they were made in", () => {
  expect(canonicalJson({ b: 1, a: 2, B: 3, "10": 4, "9": 5, "": 6 })).toBe('{"":6,"10":4,"9":5,"B":3,"a":2,"b":1}');
  expect(canonicalJson({ a: 1, b: [{ d: 1, c: 2 }] })).toBe('{"a":1,"b":[{"c":2,"d":1}]}');
});

it("writes every text as JSON does", () => {
  const units = Array.from({ length: 0x180 }, (_, code) => `x${String.fromCharCode(code)}y`);
  for (const text of [...units, "", "\ud800", "\udfff tail", "😀", "\u2028"]) {
    expect(canonicalJson(text)).toBe(JSON.stringify(text));
    expect(canonicalJson({ [text]: 1 })).toBe(JSON.stringify({ [text]: 1 }));
  }
});
