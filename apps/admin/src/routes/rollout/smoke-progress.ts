import { type EventLog, textOf } from "./event-log.ts";

/** A conversation of a smoke test that is under way. */
export interface Progress {
  readonly name: string;
  readonly state: "to come" | "under way" | "passed" | "not passed";
}

/** How far the smoke test has come, in the order of its plan; empty before it is known. A worker that takes over begins anew. */
export function progressOf(log: EventLog): readonly Progress[] {
  const from = log.findLastIndex(({ type }) => type === "scenarios-planned");
  const names = log[from]?.payload["scenarios"];
  if (!Array.isArray(names)) return [];
  const states = new Map(names.map((name): [string, Progress["state"]] => [String(name), "to come"]));
  for (const event of log.slice(from + 1)) {
    if (event.type === "scenario-began") states.set(textOf(event, "scenario"), "under way");
    if (event.type === "scenario-ended")
      states.set(textOf(event, "scenario"), textOf(event, "result") === "passed" ? "passed" : "not passed");
  }
  return [...states].map(([name, state]) => ({ name, state }));
}
