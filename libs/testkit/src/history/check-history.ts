import { checkAcknowledgements } from "./acknowledgements.ts";
import { checkApproved } from "./approved.ts";
import { checkAudit } from "./audit.ts";
import { checkCalls } from "./calls.ts";
import { checkEndings } from "./endings.ts";
import type { HistoryEvent, Violation } from "./event.ts";
import { checkObjects } from "./objects.ts";
import { checkPointers } from "./pointer.ts";
import { checkPromises } from "./promised.ts";
import { checkSecrets } from "./secrets.ts";
import { checkTenants } from "./tenants.ts";
import { checkVisibility } from "./visibility.ts";

/**
 * Everything that is wrong with a history, by the invariants I1–I10. Reads what the world around the engine wrote down and shares no
 * code with what wrote it.
 */
export const checkHistory = (history: readonly HistoryEvent[]): Violation[] => [
  ...checkPointers(history),
  ...checkCalls(history),
  ...checkObjects(history),
  ...checkApproved(history),
  ...checkPromises(history),
  ...checkAudit(history),
  ...checkTenants(history),
  ...checkSecrets(history),
  ...checkEndings(history),
  ...checkVisibility(history),
  ...checkAcknowledgements(history),
];
