import { readFileSync } from "node:fs";
import type { HistoryEvent, Tables, Violation } from "./event.ts";
import { changesOf, eachByItself, ENDED, FINE, inventoriesOf, violation } from "./reading.ts";

let catalogue: ReadonlySet<string> | undefined;

/** Reason codes that operators can look up: those of `docs/errors.md`. */
function documented(): ReadonlySet<string> {
  const document = new URL("../../../../docs/errors.md", import.meta.url);
  catalogue ??= new Set([...readFileSync(document, "utf8").matchAll(/`([a-z-]+)`/g)].map(([, code]) => code ?? ""));
  return catalogue;
}

/** I8: every rollout has ended, or says why it is held and what to do, in words that the documents explain; none is held by a fault of ours. */
export const checkEndings = (history: readonly HistoryEvent[], shared: number): Violation[] => [
  ...inventoriesOf(history).closed.deployments.flatMap(({ rollouts }) => rollouts.flatMap(standing)),
  ...commitsExplained(history, shared, null),
];

const commitsExplained = eachByItself<null>((event) =>
  event.kind === "committed"
    ? changesOf(event, "rollout").flatMap(({ after }) => (after === null ? FINE : explained(after)))
    : FINE,
);

const standing = ({ id, phase, reason }: Tables["rollout"]): Violation[] =>
  ENDED.has(phase) || phase === "held"
    ? []
    : [violation("I8", `rollout ${id} stands in ${phase}${reason === null ? "" : ` (${reason.code})`}`)];

function explained({ id, phase, reason }: Tables["rollout"]): Violation[] {
  if (reason === null) return phase === "held" ? [violation("I8", `rollout ${id} is held without a reason`)] : [];
  if (reason.code === "engine-error") return [violation("I8", `rollout ${id} meets a fault of ours: ${reason.detail}`)];
  if (!documented().has(reason.code))
    return [violation("I8", `rollout ${id} gives the undocumented reason ${reason.code}`)];
  return phase === "held" && reason.nextAction === ""
    ? [violation("I8", `rollout ${id} is held and nobody is told what to do`)]
    : [];
}
