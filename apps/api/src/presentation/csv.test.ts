import { expect, test } from "vitest";
import { csvOf } from "./csv.ts";

test("cells are separated and quoted as RFC 4180 says", () => {
  const rows = [
    ["plain", 1.5, null],
    ['a "word", and more', -2, true],
    ["two\r\nlines", 0, ""],
  ];
  expect(csvOf(["a", "b", "c"], rows)).toBe(
    'a,b,c\r\nplain,1.5,\r\n"a ""word"", and more",-2,true\r\n"two\r\nlines",0,\r\n',
  );
});

test("nothing that a spreadsheet would run gets out", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
    expect(csvOf([], [[text]])).toMatch(/^\r\n"?'/);
  expect(csvOf([], [['=HYPERLINK("x","y")']])).toBe(`\r\n"'=HYPERLINK(""x"",""y"")"\r\n`);
});
