import { followAcknowledgements } from "./acknowledgements.ts";
import { followApproved } from "./approved.ts";
import { checkAudit } from "./audit.ts";
import { followCalls } from "./calls.ts";
import { checkEndings } from "./endings.ts";
import type { HistoryEvent, Violation } from "./event.ts";
import { checkFreezes } from "./freezes.ts";
import { checkObjects, followTainted } from "./objects.ts";
import { followOrphans } from "./orphans.ts";
import { followPointers } from "./pointer.ts";
import { checkPromises, followActive } from "./promised.ts";
import { type Follower, inventoriesOf, Replay } from "./reading.ts";
import { checkSecrets } from "./secrets.ts";
import { checkTenants } from "./tenants.ts";
import { checkVisibility } from "./visibility.ts";
import { checkWeighed } from "./weighed.ts";

/**
 * Everything that is wrong with a history, by the invariants I1–I11. Reads what the world around the engine wrote down and shares no
 * code with what wrote it. `shared`: how many events this history begins with that others, of which many are checked, begin with as well.
 */
export const checkHistory = (history: readonly HistoryEvent[], shared = 0): Violation[] => [
  ...followed(history),
  ...checkObjects(history),
  ...checkPromises(history),
  ...checkAudit(history, shared),
  ...checkTenants(history),
  ...checkSecrets(history, shared),
  ...checkEndings(history, shared),
  ...checkVisibility(history),
  ...checkFreezes(history),
  ...checkWeighed(history, shared),
];

/** What is wrong with the tables at some moment: they are followed once, and everybody looks. */
function followed(history: readonly HistoryEvent[]): Violation[] {
  const { opened, closed, accounts } = inventoriesOf(history);
  const replay = new Replay(opened);
  const followers: readonly Follower[] = [
    followPointers(replay),
    followCalls(replay),
    followTainted(replay),
    followOrphans(replay, { closed, accounts }),
    followApproved(replay),
    followActive(replay),
    followAcknowledgements(replay, closed),
  ];
  const found: Violation[] = [];
  const add = (violations: readonly Violation[] | undefined): void => {
    if (violations !== undefined && violations.length > 0) found.push(...violations);
  };
  for (const event of history) {
    if (event.kind === "committed") {
      for (const follower of followers) add(follower.before?.(event));
      replay.follow(event);
    }
    for (const follower of followers) add(follower.after?.(event));
  }
  for (const follower of followers) add(follower.end?.());
  return found;
}
