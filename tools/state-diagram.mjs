// Writes docs/state-diagram.md from the rollout's transition tables. `--check` writes nothing and fails when the file differs.
// Run with `node --conditions=@tandem/source` so that the sources are read, not a build.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { refusals, slotRefusals, slotTransitions, terminalPhases, transitions } from "@tandem/domain/rollout";
import { workspaceRoot } from "./projects.mjs";

const path = join(workspaceRoot, "docs/state-diagram.md");
const node = (name) => name.replaceAll("-", "_");

/** Arrows of one table: events that lead the same way share one. */
function arrows(table, targetOf) {
  const events = new Map();
  for (const [from, row] of Object.entries(table)) {
    for (const [event, cell] of Object.entries(row)) {
      const to = targetOf(cell);
      if (to === null || to === from) continue;
      const key = `${node(from)} --> ${node(to)}`;
      events.set(key, [...(events.get(key) ?? []), event]);
    }
  }
  return [...events].map(([arrow, names]) => `  ${arrow}: ${names.join(", ")}`);
}

const aliases = (names) =>
  names.filter((name) => name.includes("-")).map((name) => `  state "${name}" as ${node(name)}`);

function phaseDiagram() {
  const ends = [...terminalPhases].map((phase) => `  ${node(phase)} --> [*]`);
  const lines = arrows(transitions, (cell) => cell.to ?? null).filter((line) => !line.includes("--> held"));
  return ["stateDiagram-v2", ...aliases(Object.keys(transitions)), "  [*] --> queued", ...lines, ...ends];
}

const cellText = (cell) => {
  if (cell === "stay") return "·";
  if (cell === "as-held") return "as held phase";
  if (cell === "unhold") return "→ held phase";
  return cell.to === undefined ? `✗ ${cell.refuse}` : `→ **${cell.to}**`;
};

function matrix(table, text) {
  const columns = Object.keys(table);
  const events = Object.keys(table[columns[0]]);
  return [
    `| event | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "---|").join("")}`,
    ...events.map((event) => `| ${event} | ${columns.map((column) => text(table[column][event])).join(" | ")} |`),
  ];
}

const codes = (texts) => Object.entries(texts).map(([code, text]) => `| \`${code}\` | ${text} |`);

const document = `# States of a rollout and of a slot

Generated from \`libs/domain/src/rollout\` by \`node --conditions=@tandem/source tools/state-diagram.mjs\`; do not edit.

## Phases

Every phase at work can also be \`held\` (with a reason and a next action); \`resume\` goes back to the phase that was held, and
abort, rollback and detach act as they would in that phase. A rollback in \`shifting\` and \`switching\` is an abort until the first
caller can be on the new release. A held release with callers is still watched: \`bake-breached\` returns the traffic.

\`\`\`mermaid
${phaseDiagram().join("\n")}
\`\`\`

### Every phase × every event

\`·\` accepted, the phase remains · \`✗\` refused with this code

${matrix(transitions, cellText).join("\n")}

| refusal | said to the person who asked |
|---|---|
${codes(refusals).join("\n")}

## Slots

\`\`\`mermaid
stateDiagram-v2
  [*] --> empty
${arrows(slotTransitions, (cell) => (typeof cell === "string" ? cell : null)).join("\n")}
\`\`\`

### Every slot state × every event

${matrix(slotTransitions, (cell) => (typeof cell === "string" ? `→ **${cell}**` : `✗ ${cell.refuse}`)).join("\n")}

| refusal | meaning |
|---|---|
${codes(slotRefusals).join("\n")}
`;

if (process.argv.includes("--check")) {
  let present = "";
  try {
    present = readFileSync(path, "utf8");
  } catch {
    // Reported below as a difference.
  }
  if (present !== document) {
    console.error(
      "docs/state-diagram.md does not follow from the tables.\nFix: npx node --conditions=@tandem/source tools/state-diagram.mjs",
    );
    process.exit(1);
  }
  console.log("docs/state-diagram.md agrees with the tables");
} else {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, document);
  console.log("docs/state-diagram.md written");
}
