import { readFileSync } from "node:fs";
import type { HistoryEvent, Violation } from "./event.ts";
import { ENDED, inventoriesOf, violation } from "./reading.ts";

let catalogue: ReadonlySet<string> | undefined;

/** Reason codes that operators can look up: those of `docs/errors.md`. */
function documented(): ReadonlySet<string> {
  const document = new URL("../../../../docs/errors.md", import.meta.url);
  catalogue ??= new Set([...readFileSync(document, "utf8").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code ?? ""));
  return catalogue;
}

/** I8: every rollout has ended, or says why it is held and what to do, in words that the documents explain. */
export function checkEndings(history: readonly HistoryEvent[]): Violation[] {
  return inventoriesOf(history).closed.deployments.flatMap(({ rollouts }) =>
    rollouts.flatMap(({ id, phase, reason }) => {
      if (reason !== null && !documented().has(reason.code))
        return [violation("I8", `rollout ${id} gives the undocumented reason ${reason.code}`)];
      if (ENDED.has(phase)) return [];
      if (phase === "held" && reason !== null && reason.nextAction !== "") return [];
      return [violation("I8", `rollout ${id} stands in ${phase}${reason === null ? "" : ` (${reason.code})`}`)];
    }),
  );
}
