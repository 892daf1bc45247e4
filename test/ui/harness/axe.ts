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
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // past the page's policy: not a script of the page
  const findings = await page.evaluate(async (values): Promise<Finding[]> => {
    const { axe } = globalThis as unknown as {
      axe: { run(of: unknown, how: unknown): Promise<{ violations: Finding[] }> };
    };
    return (await axe.run(document, { runOnly: { type: "tag", values } })).violations;
  }, RULES);
  return findings
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary ?? ""})`),
    );
}
