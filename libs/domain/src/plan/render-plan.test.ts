import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldChange, Plan } from "./change.ts";
import { renderFieldChanges } from "./field-prose.ts";
import { makePlan } from "./make-plan.ts";
import { maskedPlan } from "./masked-plan.ts";
import { ansiPaint, plainPaint } from "./paint.ts";
import { planSummary, renderPlan } from "./render-plan.ts";
import { BUNDLE, firstInput, withFields } from "./test-support/plan-fixture.ts";
import { textDiff } from "./text-diff.ts";

const plan = makePlan(firstInput());
const names = { releaseName: "after-hours-answering 1.0.0", deploymentName: "front-desk" };

describe("renderPlan", () => {
  it("puts what callers meet first, then each vendor, then the summary", () => {
    const lines = renderPlan(plan, names).split("\n");
    expect(lines.filter((line) => /^\S/.test(line))).toEqual([
      "after-hours-answering 1.0.0 → slot blue of front-desk",
      expect.stringContaining("nothing is live yet"),
      "What callers will meet",
      "At google",
      "At hubspot",
      "At twilio",
      "At retell",
      "Plan: 5 to create, 1 to update, 0 to replace, 0 to delete, 0 unchanged",
    ]);
    expect(lines).toContain("  + answer.schedule.weekly: Mon–Fri 09:00–17:00; Sat–Sun closed");
    expect(lines).toContain("      + llmId: id of voice-agent.llm/main  known after apply");
    expect(lines).toContain('      + voiceId: "11labs-Adrian"  from tenant overlay');
  });

  it("keeps within its columns", () => {
    const tooLong = (columns: number): string[] =>
      renderPlan(plan, { ...names, columns })
        .split("\n")
        .filter((line) => line.length > columns);
    expect(tooLong(100)).toEqual([]);
    expect(tooLong(80)).toEqual([]);
  });

  it("says the same with and without colours", () => {
    const coloured = renderPlan(plan, { ...names, paint: ansiPaint });
    expect(coloured).not.toBe(renderPlan(plan, names));
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(renderPlan(plan, names));
  });

  it("lets no value steer the terminal", () => {
    const resources = withFields({
      "voice-agent.llm/main": { prompt: "a\nb\u001b[2Jc\u202e", beginMessage: "x\u001b]0;owned\u0007\u009b31m" },
    });
    const prose = renderPlan(makePlan(firstInput({ bundle: { ...BUNDLE, resources } })));
    for (const character of ["\u001b", "\u0007", "\u009b", "\u202e"]) expect(prose).not.toContain(character);
    expect(prose).toContain("\\u001b");
  });

  it("shows no secret, in prose or in the masked plan, even when the plan holds one", () => {
    const resources = withFields({
      "voice-agent.llm/main": {
        tools: [{ name: "save", apiKey: "sk-live-123456", headers: { authorization: "Bearer abc" } }],
      },
    });
    const planned = makePlan(firstInput({ bundle: { ...BUNDLE, resources } }));
    const careless: Plan = {
      ...planned,
      callerChanges: [{ path: "webhookSecret", operation: "set", before: "sk-live-123456", after: "whsec" }],
    };
    for (const text of [renderPlan(careless), JSON.stringify(maskedPlan(careless))]) {
      expect(text).not.toMatch(/sk-live-123456|Bearer abc|whsec/);
      expect(text).toContain("sha256:");
    }
    expect(maskedPlan(maskedPlan(careless))).toEqual(maskedPlan(careless));
  });

  it("lists findings by severity with their fix", () => {
    const finding = { code: "c", detail: "Detail.", address: "a/b", fix: "Do this." };
    const prose = renderPlan({
      ...plan,
      findings: [
        { ...finding, severity: "note", summary: "N" },
        { ...finding, severity: "error", summary: "E" },
      ],
    });
    expect(prose.indexOf("error  E")).toBeGreaterThan(0);
    expect(prose.indexOf("error  E")).toBeLessThan(prose.indexOf("note  N"));
    expect(prose).toContain("fix: Do this.");
  });

  it("counts", () =>
    expect(planSummary({ changes: [] })).toBe(
      "Plan: 0 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged",
    ));
});

describe("renderFieldChanges", () => {
  const layout = { paint: plainPaint, columns: 60, indent: "" };
  const set = (before: FieldChange["before"], after: FieldChange["after"]): FieldChange => ({
    path: "p",
    operation: "set",
    before: before!,
    after: after!,
  });
  it.each<[string, FieldChange, string[]]>([
    ["a short value", set(1, 2), ["~ p: 1 → 2"]],
    ["with its layer", { ...set("a", "b"), source: "deployment-overlay" }, ['~ p: "a" → "b"  from deployment overlay']],
    ["a move", { path: "steps[b]", operation: "move", before: 2, after: 0 }, ["↕ steps[b]: from place 3 to 1"]],
    [
      "hours",
      set(
        [],
        [
          { from: "09:00", to: "12:00" },
          { from: "13:00", to: "17:00" },
        ],
      ),
      ["~ p: closed → 09:00–12:00, 13:00–17:00"],
    ],
    [
      "a list",
      set(["one long item of the list", "two long item"], ["one long item of the list", "three long items"]),
      ["~ p", '      "one long item of the list"', '    - "two long item"', '    + "three long items"'],
    ],
    [
      "a text",
      set("a\nb\nc\nd\ne", "a\nb\nc\nD\ne"),
      ["~ p", "    ⋮ 2 unchanged lines", "      c", "    - d", "    + D", "      e"],
    ],
    ["everything", { path: "", operation: "set", before: 1, after: 2 }, ["~ everything: 1 → 2"]],
  ])("%s", (_name, change, lines) => expect(renderFieldChanges([change], layout)).toEqual(lines));

  it("shows where long one-line texts part", () => {
    const shared = "word ".repeat(100);
    const lines = renderFieldChanges([set(`${shared}old${shared}`, `${shared}new${shared}`)], layout);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/- "….*old.*…"/);
    expect(lines[2]).toMatch(/\+ "….*new.*…"/);
    expect(lines.every((line) => line.length <= 60)).toBe(true);
  });
});

describe("textDiff", () => {
  it("keeps every line that is only on one side, in order", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const lines = textDiff(left.join("\n"), right.join("\n"));
        const removed = lines.filter(({ kind }) => kind === "removed").length;
        const added = lines.filter(({ kind }) => kind === "added").length;
        expect(Math.max(1, left.length) - removed).toBe(Math.max(1, right.length) - added);
        if (left.join("\n") === right.join("\n")) expect(removed + added).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not go quadratic on very large texts", () => {
    const text = (seed: number): string => Array.from({ length: 5000 }, (_, line) => `${line * seed}`).join("\n");
    expect(textDiff(text(3), text(7)).length).toBeGreaterThan(5000);
  });
});
