import { suggestion } from "./closest-name.ts";
import type { Tool } from "./conversation.ts";
import type { Manifest } from "./manifest.ts";
import type { Path } from "./path.ts";
import type { SmokeScenario } from "./policy.ts";
import type { ProblemList } from "./problem-list.ts";
import { parseTemplate } from "./template.ts";

type ToolStep = Extract<SmokeScenario["steps"][number], { do: "tool" }>;

/** Scenarios that can run: tools and arguments that exist, saved results that were saved before; an answer and the way to a person tried. */
export function checkSmoke(manifest: Manifest, problems: ProblemList): void {
  manifest.smoke.forEach((scenario, index) => checkScenario(scenario, ["smoke", index], manifest, problems));
  const steps = manifest.smoke.flatMap((scenario) => scenario.steps);
  if (!steps.some((step) => step.do === "answer"))
    problems.error(["smoke"], {
      code: "smoke-without-answer",
      summary: "No scenario looks at how a call is answered.",
      detail: "At least one step must be `do: answer`.",
      fix: "Add `{do: answer, expect: agent}`.",
    });
  const tried = new Set(steps.flatMap((step) => ("tool" in step ? [step.tool] : [])));
  manifest.tools.forEach((tool, index) => {
    if (tried.has(tool.name)) return;
    const problem = {
      code: "smoke-untried-tool",
      summary: "No scenario tries this tool.",
      detail: `\`${tool.name}\` could be broken without anybody noticing before the switch.`,
      fix: "Add a step that uses it.",
    };
    if (tool.operation === "call.transfer") problems.error(["tools", index], problem);
    else problems.warning(["tools", index], problem);
  });
}

function checkScenario(scenario: SmokeScenario, path: Path, manifest: Manifest, problems: ProblemList): void {
  const saved = new Set<string>();
  scenario.steps.forEach((step, index) => {
    if (step.do === "expect-tool") requireTool(step.tool, [...path, "steps", index, "tool"], manifest, problems);
    if (step.do !== "tool") return;
    checkStep(step, [...path, "steps", index], manifest, problems);
    checkSaved(step, saved, [...path, "steps", index, "arguments"], problems);
    if (step.saveAs !== undefined) saved.add(step.saveAs);
  });
}

/** The tool of that name; reports it when there is none. */
function requireTool(wanted: string, path: Path, manifest: Manifest, problems: ProblemList): Tool | undefined {
  const tool = manifest.tools.find(({ name }) => name === wanted);
  const names = manifest.tools.map(({ name }) => name);
  if (tool === undefined)
    problems.error(path, {
      code: "dangling-tool",
      summary: "A tool that is referred to does not exist.",
      detail: `There is no tool named \`${wanted}\`.`,
      fix: `Declare it, or write one of: ${names.join(", ")}. ${suggestion(wanted, names)}`.trim(),
    });
  return tool;
}

function checkStep(step: ToolStep, path: Path, manifest: Manifest, problems: ProblemList): void {
  const tool = requireTool(step.tool, [...path, "tool"], manifest, problems);
  if (tool === undefined) return;
  for (const name of Object.keys(step.arguments))
    if (tool.arguments[name] === undefined)
      problems.error([...path, "arguments", name], {
        code: "smoke-argument",
        summary: "A step gives an argument that its tool does not take.",
        detail: `\`${tool.name}\` does not take \`${name}\`.`,
        fix: `Remove it. ${suggestion(name, Object.keys(tool.arguments))}`.trim(),
      });
  if (step.expect === "refused") return;
  for (const [name, argument] of Object.entries(tool.arguments))
    if (argument.required && step.arguments[name] === undefined)
      problems.error([...path, "arguments"], {
        code: "smoke-argument",
        summary: "A step leaves out an argument that its tool needs.",
        detail: `\`${tool.name}\` needs \`${name}\`.`,
        fix: `Add \`${name}\`.`,
      });
}

function checkSaved(step: ToolStep, saved: ReadonlySet<string>, path: Path, problems: ProblemList): void {
  for (const [name, value] of Object.entries(step.arguments)) {
    for (const part of typeof value === "string" ? (parseTemplate(value) ?? []) : []) {
      const wanted = "name" in part && part.name.startsWith("saved.") ? (part.name.split(".")[1] ?? "") : null;
      if (wanted !== null && !saved.has(wanted))
        problems.error([...path, name], {
          code: "dangling-saved",
          summary: "A step uses a result that no earlier step of its scenario saved.",
          detail: `Nothing was saved as \`${wanted}\`.`,
          fix: `Add \`saveAs: ${wanted}\` to the earlier step. ${suggestion(wanted, saved)}`.trim(),
        });
    }
  }
}
