import type { Conversation, Objective } from "../manifest/index.ts";
import { currentObjective, currentVisit, factOf, type Progress, type Visit } from "./progress.ts";
import type { Script } from "./script.ts";

/**
 * Goes on as far as the conditions allow: the first transition that holds, again in the objective it leads to. Ends where none holds, at
 * `end` or `human`, or where it would come to an objective it has just passed; so it always ends.
 */
export function advance(script: Script, progress: Progress): Progress {
  const passed = new Set<string>();
  let now = progress;
  while (now.ending === null) {
    const objective = currentObjective(script.conversation, now);
    passed.add(objective.name);
    const to = objective.next.find(({ when }) => holds(script, objective, when, now))?.to;
    if (to === undefined || passed.has(to)) return now;
    now = to === "end" || to === "human" ? { ...now, ending: to } : entered(now, to);
  }
  return now;
}

/** The next objective on the shelf keeps what it had; another one means that the old way is not gone again. */
function entered(progress: Progress, objective: string): Progress {
  const [shelved, ...rest] = progress.shelf;
  const isOldWay = shelved !== undefined && shelved.objective === objective;
  const visit: Visit = isOldWay ? shelved : { objective, results: [], isAnswered: false };
  return { ...progress, visits: [...progress.visits, visit], shelf: isOldWay ? rest : [] };
}

function holds(
  script: Script,
  objective: Objective,
  when: Objective["next"][number]["when"],
  progress: Progress,
): boolean {
  switch (when.is) {
    case "collected":
      return when.fields.every((field) => factOf(progress, field)?.isConfirmed === true);
    case "equals": {
      const fact = factOf(progress, when.field);
      return fact?.isConfirmed === true && String(fact.value) === String(when.value);
    }
    case "tool-result":
      return currentVisit(progress).results.some(({ tool, outcome }) => tool === when.tool && outcome === when.outcome);
    case "always":
      return isCarriedOut(script, objective, progress);
  }
}

/**
 * True when a step has nothing left to do: what it needs is known, and every tool it offers beside the ways out of the call has been used;
 * a step without such tools when it has been answered. Hanging up ends the call by itself, so that a step which offers it stays open.
 */
function isCarriedOut({ conversation, tools }: Script, objective: Objective, progress: Progress): boolean {
  const { results, isAnswered } = currentVisit(progress);
  const isNeeded = (name: string): boolean =>
    conversation.fields.find((field) => field.name === name)?.required === true;
  if (objective.collect.some((name) => isNeeded(name) && factOf(progress, name)?.isConfirmed !== true)) return false;
  const offered = objective.tools.flatMap((name) => tools.filter((tool) => tool.name === name));
  if (offered.some(({ operation }) => operation === "call.hang-up")) return false;
  const working = offered.filter(({ operation }) => operation !== "call.transfer");
  if (working.length > 0) return working.every(({ name }) => results.some(({ tool }) => tool === name));
  return isAnswered || objective.collect.some(isNeeded);
}

/** Objectives that the current one can lead to next. */
export function nextObjectives(conversation: Conversation, progress: Progress): readonly Objective[] {
  const targets = new Set(currentObjective(conversation, progress).next.map(({ to }) => to));
  return conversation.objectives.filter(({ name }) => targets.has(name));
}
