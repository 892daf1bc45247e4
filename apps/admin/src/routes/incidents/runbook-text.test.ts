import { expect, test } from "vitest";
import { blocksOf, spansOf } from "./runbook-text.ts";
import { runbook } from "./runbooks.ts";
import { STACKS } from "./words.ts";

test.each(STACKS)("the runbook of %s reads as paragraphs and steps, with nothing of its markup left", async (stack) => {
  const blocks = blocksOf(await runbook(stack));
  expect(blocks.some(({ kind }) => kind === "steps")).toBe(true);
  const texts = blocks.flatMap((block) => (block.kind === "steps" ? block.items : [block.text]));
  const shown = texts.flatMap((text) => spansOf(text)).filter(({ kind }) => kind !== "code");
  for (const { text } of shown) expect(text).not.toMatch(/[`*#]|\]\(/);
});

test("spans keep what stands between them", () => {
  expect(spansOf("run `tandem drift` **now**, see [audio](audio.md)")).toEqual([
    { kind: "text", text: "run " },
    { kind: "code", text: "tandem drift" },
    { kind: "text", text: " " },
    { kind: "strong", text: "now" },
    { kind: "text", text: ", see " },
    { kind: "text", text: "audio" },
  ]);
});
