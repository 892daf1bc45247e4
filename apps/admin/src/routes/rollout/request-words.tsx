import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { otherSlot, releaseName, type Rollout, share, type Standing } from "./words.ts";

export type RequestName = Schemas["RolloutStanding"]["requests"][number]["request"];

/** How one request is asked about before it is sent. */
export interface RequestWords {
  readonly button: string;
  readonly question: string;
  readonly consequences: ReactNode;
  readonly isDanger?: boolean;
  readonly reason: "optional" | "required";
  readonly told: string;
}

type Words = (rollout: Rollout, standing: Standing) => RequestWords;

const nextShare = ({ policy }: Rollout, { watch }: Standing): string => {
  const steps = policy.strategy?.kind === "canary" ? policy.strategy.steps : [];
  const next = steps[(watch?.step ?? -1) + 1];
  return next === undefined ? "all" : share(next.weightBp);
};

const promote: Words = (rollout, standing) => {
  const at = rollout.phase === "held" ? rollout.heldPhase : rollout.phase;
  const name = releaseName(standing.release);
  const base = { button: "Promote", reason: "optional", told: "Promoted" } as const;
  if (at === "baking")
    return {
      ...base,
      button: "End the watch",
      question: `End the watch of ${name}?`,
      consequences:
        "What calls have told so far is accepted. The release before is then taken out, and there is no rollback by one click any more.",
      told: "The watch ends",
    };
  if (at === "shifting")
    return {
      ...base,
      button: "Take all steps",
      question: `Send all new calls to ${name}?`,
      consequences:
        "The remaining canary steps are not waited for. Calls in progress end on the release they began on.",
      told: "All steps are taken",
    };
  const isCanary = rollout.policy.strategy?.kind === "canary" && standing.before !== null;
  return {
    ...base,
    question: `Promote ${name}?`,
    consequences: isCanary
      ? `The canary begins: ${nextShare(rollout, standing)} of new calls go to ${rollout.targetSlot}. Calls in progress end on the release they began on.`
      : `New calls go to ${rollout.targetSlot} at once. Calls in progress end on the release they began on.`,
  };
};

/** Every request in words; what happens to callers stands in each. */
export const REQUEST_WORDS: Readonly<Record<Exclude<RequestName, "approve" | "reject">, Words>> = {
  promote,
  pause: (_, { isSwitched }) => ({
    button: "Pause",
    question: "Pause this rollout?",
    consequences: isSwitched
      ? "Callers stay where they are. The release stays watched, goes back by itself when it breaches, and goes no further until somebody resumes."
      : "Nothing more is written until somebody resumes. Callers notice nothing.",
    reason: "optional",
    told: "Pausing",
  }),
  resume: ({ phase, heldPhase }) => ({
    button: "Resume",
    question: "Resume this rollout?",
    consequences:
      phase === "held"
        ? `It tries again where it was held (${heldPhase?.replaceAll("-", " ") ?? "its last stage"}).`
        : "It goes on where it was paused.",
    reason: "optional",
    told: "It goes on",
  }),
  skip: (rollout, standing) => ({
    button: "Skip this step",
    question: "Take the next canary step now?",
    consequences: `${nextShare(rollout, standing)} of new calls go to ${rollout.targetSlot}, without waiting for what the calls of this step tell.`,
    reason: "required",
    told: "The next step is taken",
  }),
  abort: ({ targetSlot }, { deployment }) => ({
    button: "Abort",
    question: `Abort the rollout of ${deployment.name}?`,
    consequences: `Callers notice nothing: they stay on the release they have. What was made in ${targetSlot} is removed at the vendors.`,
    isDanger: true,
    reason: "optional",
    told: "Aborting",
  }),
  rollback: ({ targetSlot }, { deployment, before, callsOnTarget }) => ({
    button: "Roll back",
    question: `Roll back ${deployment.name}?`,
    consequences: (
      <>
        New calls go back to {before === null ? "the release before" : releaseName(before)} on {otherSlot(targetSlot)}{" "}
        within a second.{" "}
        {callsOnTarget === 0
          ? `No call is in progress on ${targetSlot}.`
          : `${counted(callsOnTarget, "call")} in progress on ${targetSlot} ${callsOnTarget === 1 ? "goes" : "go"} on there to the end.`}
      </>
    ),
    isDanger: true,
    reason: "optional",
    told: "New calls go back",
  }),
  "override-freeze": ({ reason }) => ({
    button: "Override the freeze",
    question: "Let this rollout pass the freeze window?",
    consequences: reason?.detail || "The windows that are known now are passed; one that is set later holds again.",
    reason: "required",
    told: "The freeze window is passed",
  }),
};
