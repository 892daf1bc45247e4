import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** On a number that an agent vendor holds: its own routing is behind the pointer. */
export const checkSafetyNet: Check = async ({ view: { safetyNet } }) =>
  safetyNet?.state === "lagging"
    ? [
        finding(
          "safety-net-lagging",
          "",
          `since ${safetyNet.since ?? "the last move"}${safetyNet.failure === null ? "" : `: ${safetyNet.failure}`}`,
        ),
      ]
    : [];
