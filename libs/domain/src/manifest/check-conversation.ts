import { suggestion } from "./closest-name.ts";
import type { Conversation, Field, Objective, Tool } from "./conversation.ts";
import type { Manifest } from "./manifest.ts";
import type { Path } from "./path.ts";
import type { ProblemList } from "./problem-list.ts";

/** Names that agree: unique, and every reference to a field, tool or objective leads somewhere; every objective can be reached. */
export function checkConversation(manifest: Manifest, problems: ProblemList): void {
  const { conversation, tools } = manifest;
  const scope: Scope = {
    fields: byName(conversation.fields),
    tools: byName(tools),
    objectives: byName(conversation.objectives),
    problems,
  };
  refuseDoubles(conversation.fields, ["conversation", "fields"], problems);
  refuseDoubles(conversation.objectives, ["conversation", "objectives"], problems);
  refuseDoubles(tools, ["tools"], problems);
  conversation.fields.forEach((field, index) => checkField(field, ["conversation", "fields", index], problems));
  refer("objective", conversation.start, ["conversation", "start"], scope);
  conversation.objectives.forEach((objective, index) =>
    checkObjective(objective, ["conversation", "objectives", index], scope),
  );
  checkReachable(conversation, problems);
  warnUnused(manifest, problems);
}

interface Scope {
  readonly fields: ReadonlyMap<string, Field>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly objectives: ReadonlyMap<string, Objective>;
  readonly problems: ProblemList;
}

const byName = <Item extends { name: string }>(items: readonly Item[]): Map<string, Item> =>
  new Map(items.map((item) => [item.name, item]));

function refuseDoubles(items: readonly { name: string }[], path: Path, problems: ProblemList): void {
  const seen = new Set<string>();
  items.forEach(({ name }, index) => {
    if (seen.has(name))
      problems.error([...path, index, "name"], {
        code: "duplicate-name",
        summary: "A name is used twice.",
        detail: `\`${name}\` is already the name of an earlier item.`,
        fix: "Rename one of the two.",
      });
    seen.add(name);
  });
}

function checkField(field: Field, path: Path, problems: ProblemList): void {
  if ((field.type === "choice") === (field.choices !== undefined)) return;
  const [detail, fix] =
    field.type === "choice"
      ? ["A choice needs `choices`.", "Add `choices` with the allowed answers."]
      : ["Only a choice may have `choices`.", "Remove `choices`, or make the type `choice`."];
  problems.error(path, { code: "field-choices", summary: "Type and choices of a field do not agree.", detail, fix });
}

function refer(kind: "field" | "tool" | "objective", name: string, path: Path, scope: Scope): void {
  const known = { field: scope.fields, tool: scope.tools, objective: scope.objectives }[kind];
  if (known.has(name)) return;
  const fix =
    `Declare it, or write one of: ${[...known.keys()].join(", ") || "(none declared)"}. ${suggestion(name, known.keys())}`.trim();
  scope.problems.error(path, {
    code: `dangling-${kind}`,
    summary: `A ${kind} that is referred to does not exist.`,
    detail: `There is no ${kind} named \`${name}\`.`,
    fix,
  });
}

function checkObjective(objective: Objective, path: Path, scope: Scope): void {
  objective.collect.forEach((name, index) => refer("field", name, [...path, "collect", index], scope));
  objective.tools.forEach((name, index) => refer("tool", name, [...path, "tools", index], scope));
  objective.next.forEach((transition, index) =>
    checkTransition(objective, transition, [...path, "next", index], scope),
  );
  if (objective.next.length === 0)
    scope.problems.error([...path, "next"], {
      code: "dead-end",
      summary: "An objective leads nowhere.",
      detail: `\`${objective.name}\` has no transition.`,
      fix: "Add one, at least `{when: {is: always}, to: end}`.",
    });
}

function checkTransition(objective: Objective, transition: Objective["next"][number], path: Path, scope: Scope): void {
  const { when, to } = transition;
  if (to !== "end" && to !== "human") refer("objective", to, [...path, "to"], scope);
  if (when.is === "collected")
    when.fields.forEach((name, index) => refer("field", name, [...path, "when", "fields", index], scope));
  if (when.is === "equals") checkEquals(when, path, scope);
  if (when.is === "tool-result") checkToolResult(objective, when.tool, path, scope);
}

function checkEquals(when: { field: string; value: string | number | boolean }, path: Path, scope: Scope): void {
  refer("field", when.field, [...path, "when", "field"], scope);
  const choices = scope.fields.get(when.field)?.choices;
  if (choices === undefined || choices.includes(String(when.value))) return;
  const fix = `Write one of: ${choices.join(", ")}. ${suggestion(String(when.value), choices)}`.trim();
  scope.problems.error([...path, "when", "value"], {
    code: "dangling-choice",
    summary: "A condition compares with an answer that the field cannot have.",
    detail: `\`${when.field}\` never is \`${when.value}\`.`,
    fix,
  });
}

function checkToolResult(objective: Objective, tool: string, path: Path, scope: Scope): void {
  refer("tool", tool, [...path, "when", "tool"], scope);
  if (objective.tools.includes(tool) || !scope.tools.has(tool)) return;
  scope.problems.error([...path, "when", "tool"], {
    code: "tool-not-offered",
    summary: "A transition waits for a tool that its objective does not offer.",
    detail: `\`${objective.name}\` does not list \`${tool}\`.`,
    fix: `Add \`${tool}\` to the objective's \`tools\`.`,
  });
}

function checkReachable(conversation: Conversation, problems: ProblemList): void {
  const targets = new Map(
    conversation.objectives.map((objective) => [objective.name, objective.next.map((transition) => transition.to)]),
  );
  const reached = new Set([conversation.start]);
  for (const name of reached) for (const target of targets.get(name) ?? []) reached.add(target);
  conversation.objectives.forEach(({ name }, index) => {
    if (!reached.has(name))
      problems.error(["conversation", "objectives", index], {
        code: "unreachable-objective",
        summary: "An objective can never be reached.",
        detail: `No transition from \`${conversation.start}\` leads to \`${name}\`.`,
        fix: "Add a transition to it, or remove it.",
      });
  });
  if (targets.has(conversation.start) && !reached.has("end") && !reached.has("human"))
    problems.error(["conversation", "objectives"], {
      code: "endless-conversation",
      summary: "The conversation can never end.",
      detail: "No transition that can be reached leads to `end` or `human`.",
      fix: "Add one.",
    });
}

function warnUnused({ conversation, tools }: Manifest, problems: ProblemList): void {
  const used = new Set(conversation.objectives.flatMap((objective) => [...objective.collect, ...objective.tools]));
  const warn = (name: string, kind: string, path: Path): void => {
    if (!used.has(name))
      problems.warning(path, {
        code: `unused-${kind}`,
        summary: `A ${kind} is declared but no objective uses it.`,
        detail: `\`${name}\` is not used.`,
        fix: "Use it in an objective, or remove it.",
      });
  };
  conversation.fields.forEach(({ name }, index) => warn(name, "field", ["conversation", "fields", index]));
  tools.forEach(({ name }, index) => warn(name, "tool", ["tools", index]));
}
