import { counted } from "@tandem/kernel";
import { z } from "zod";

/** Phases of a tenant's way off the platform, in order. `stopped`: called off before anything was removed. */
export const OffBoardingPhase = z.enum(["stopping", "draining", "removing", "revoking", "erasing", "done", "stopped"]);
export type OffBoardingPhase = z.infer<typeof OffBoardingPhase>;

const wait = (summary: string, nextAction: string) => ({ summary, nextAction });

/** Everything an off-boarding can wait for, with what the operator does next. */
export const offBoardingWaits = {
  "rollouts-ending": wait("Rollouts in progress are being ended", "Nothing to do: it goes on when they have ended."),
  "calls-in-progress": wait(
    "Calls in progress end normally; new ones go to a person",
    "Nothing to do: it goes on when the last one has ended, at the latest after the longest call that the release allows.",
  ),
  "removal-running": wait(
    "A deployment is being taken apart",
    "Nothing to do: the rollout named in the detail shows how far it is.",
  ),
  "removal-held": wait(
    "Taking a deployment apart is held",
    "Do what the rollout named in the detail asks for, then resume that rollout.",
  ),
  "storage-away": wait(
    "The store of recordings does not answer",
    "Bring it back: what is erased already stays erased and the rest follows.",
  ),
} as const;
export type OffBoardingWait = keyof typeof offBoardingWaits;

/** A deployment as its off-boarding sees it. */
export interface LeavingDeployment {
  readonly deploymentId: string;
  /** Its live rollout, if there is one. */
  readonly rollout: {
    readonly id: string;
    /** It goes back or takes the deployment apart already. */
    readonly isEnding: boolean;
    /** Callers are on its release: it ends with the removal. */
    readonly isSwitched: boolean;
    /** What it is held for, in a sentence; null: it is not held. */
    readonly held: string | null;
  } | null;
  /** Nothing of it is at vendors and no pointer leads to it. */
  readonly isGone: boolean;
}

export interface OffBoardingView {
  readonly phase: OffBoardingPhase;
  /** Calls in progress, live and of releases that may still be heard. */
  readonly liveCalls: number;
  readonly phaseMs: number;
  readonly deployments: readonly LeavingDeployment[];
}

export type OffBoardingMove =
  | { readonly kind: "enter"; readonly phase: OffBoardingPhase }
  /** End the deployment's live rollout, or begin the one that removes it. */
  | { readonly kind: "take-apart"; readonly deploymentId: string }
  | { readonly kind: "revoke" }
  | { readonly kind: "erase" }
  | { readonly kind: "wait"; readonly code: OffBoardingWait; readonly detail: string }
  | { readonly kind: "none" };

/**
 * What an off-boarding does next. Pure. Deployments are taken apart one after the other, so that an object which several of them share
 * goes with the last. `lagMs`: how long a node may still put callers on what it has not seen diverted.
 */
export function nextOffBoardingMove(view: OffBoardingView, lagMs: number): OffBoardingMove {
  switch (view.phase) {
    case "stopping":
      return stopNext(view);
    case "draining":
      if (view.liveCalls > 0 || view.phaseMs < lagMs)
        return { kind: "wait", code: "calls-in-progress", detail: counted(view.liveCalls, "call") };
      return { kind: "enter", phase: "removing" };
    case "removing":
      return removeNext(view);
    case "revoking":
      return { kind: "revoke" };
    case "erasing":
      return { kind: "erase" };
    case "done":
    case "stopped":
      return { kind: "none" };
  }
}

/** A release with callers stays until the calls have ended: its rollout is ended with the removal. */
function stopNext({ deployments }: OffBoardingView): OffBoardingMove {
  const early = deployments.filter(({ rollout }) => rollout !== null && !rollout.isSwitched);
  const next = early.find(({ rollout }) => rollout?.isEnding === false);
  if (next !== undefined) return { kind: "take-apart", deploymentId: next.deploymentId };
  const [ending] = early;
  return ending === undefined ? { kind: "enter", phase: "draining" } : waitFor(ending, "rollouts-ending");
}

function removeNext({ deployments }: OffBoardingView): OffBoardingMove {
  const next = deployments.find(({ isGone }) => !isGone);
  if (next === undefined) return { kind: "enter", phase: "revoking" };
  if (next.rollout?.isEnding === true) return waitFor(next, "removal-running");
  return { kind: "take-apart", deploymentId: next.deploymentId };
}

const waitFor = ({ rollout }: LeavingDeployment, code: OffBoardingWait): OffBoardingMove =>
  rollout === null || rollout.held === null
    ? { kind: "wait", code, detail: `rollout ${rollout?.id ?? ""}` }
    : { kind: "wait", code: "removal-held", detail: `rollout ${rollout.id}: ${rollout.held}` };
