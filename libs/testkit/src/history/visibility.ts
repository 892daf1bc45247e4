import type { HistoryEvent, Violation } from "./event.ts";
import { type Of, ofKind, violation } from "./reading.ts";

/** Longest time from an acknowledged rollback to its being seen by every healthy node. */
const MOST_MS = 2000;

/** I9: whatever else is down, a rollback that was acknowledged is seen by every node that hears the tables within two seconds. */
export function checkVisibility(history: readonly HistoryEvent[]): Violation[] {
  const seen = ofKind(history, "seen");
  const nodes = [...new Set(seen.map(({ node }) => node))];
  const endMs = history.at(-1)?.atMs ?? 0;
  const deaf = new Map(nodes.map((node) => [node, spells(history, node, endMs)]));
  return ofKind(history, "acknowledged")
    .filter(({ what, atMs }) => what === "rollback" && atMs + MOST_MS <= endMs)
    .flatMap((click) =>
      nodes
        .filter(
          (node) =>
            !(deaf.get(node) ?? []).some(({ fromMs, toMs }) => fromMs < click.atMs + MOST_MS && toMs > click.atMs),
        )
        .filter((node) => !isSeen(seen, node, click))
        .map((node) => violation("I9", `${node} did not see the rollback to generation ${click.generation} in time`)),
    );
}

const isSeen = (seen: readonly Of<"seen">[], node: string, click: Of<"acknowledged">): boolean =>
  seen.some(
    (one) =>
      one.node === node &&
      one.deploymentId === click.deploymentId &&
      one.generation >= click.generation &&
      one.atMs <= click.atMs + MOST_MS,
  );

function spells(
  history: readonly HistoryEvent[],
  node: string,
  endMs: number,
): { readonly fromMs: number; readonly toMs: number }[] {
  const ends = ofKind(history, "heard-again").filter((event) => event.node === node);
  return ofKind(history, "deafened")
    .filter((event) => event.node === node)
    .map(({ atMs }) => ({ fromMs: atMs, toMs: ends.find((end) => end.atMs >= atMs)?.atMs ?? endMs }));
}
