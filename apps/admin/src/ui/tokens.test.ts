import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
/** WCAG 2.2 contrast ratio, 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const PAPERS = ["ground", "surface", "raised", "sunken", "hover"];
const TEXTS = ["ink", "ink-soft", "ink-faint", "good", "warn", "bad", "busy", "blue", "green"];
const FILLED = ["good", "warn", "bad", "busy", "blue", "green"];

/** Pairs of text on paper: 4.5 to 1. */
const textPairs = [
  ...TEXTS.flatMap((text) => PAPERS.map((paper) => [text, paper])),
  ...FILLED.map((name) => [name, `${name}-fill`]),
  ...FILLED.map((name) => ["ink", `${name}-fill`]),
  ["on-ink", "ink"],
  ["on-ink", "ink-hover"],
  ["on-ink", "bad-solid"],
  ["on-ink", "bad-hover"],
] as [string, string][];
/** Edges of controls, and the focus ring: 3 to 1. */
const edgePairs = ["edge", "focus"].flatMap((edge) => PAPERS.map((paper): [string, string] => [edge, paper]));

describe.each(["light", "dark"] as const)("%s", (theme) => {
  const at = (name: string): string => {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`there is no token --${name}`);
    return token[theme];
  };
  test.each(textPairs)("%s on %s can be read", (text, paper) => {
    expect(contrast(at(text), at(paper))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(edgePairs)("%s on %s can be seen", (edge, paper) => {
    expect(contrast(at(edge), at(paper))).toBeGreaterThanOrEqual(3);
  });
});

test("a known pair has the contrast that others compute for it", () => {
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
});
