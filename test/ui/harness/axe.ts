import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** What axe finds serious or critical on the page as it stands, one line each: rule, what is wrong, where. */
export const seriousFindings = (page: Page): Promise<string[]> => findings(page, { type: "tag", values: RULES });

/** The same of its colours alone: what changes between light and dark. */
export const findingsOfColours = (page: Page): Promise<string[]> =>
  findings(page, { type: "rule", values: ["color-contrast", "link-in-text-block"] });

async function findings(page: Page, runOnly: { type: "tag" | "rule"; values: readonly string[] }): Promise<string[]> {
  await page.evaluate(AXE); // past the page's policy: not a script of the page
  const violations = await page.evaluate(async (only): Promise<Finding[]> => {
    const { axe } = globalThis as unknown as {
      axe: { run(of: unknown, how: unknown): Promise<{ violations: Finding[] }> };
    };
    return (await axe.run(document, { runOnly: only })).violations;
  }, runOnly);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary ?? ""})`),
    );
}
