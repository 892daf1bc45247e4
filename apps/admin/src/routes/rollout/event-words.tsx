import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import type { Tone } from "../../ui/tone.ts";
import { numberOf, type RolloutEvent, textOf } from "./event-log.ts";
import { Subject } from "../../shell/subject.tsx";
import { hasEnded, type Phase } from "./stages.ts";
import type { ReasonMap } from "./use-rollout.ts";
import { PHASE_WORDS, phaseTone, readable, share } from "./words.ts";

/** An event as the timeline tells it. */
export interface Told {
  readonly title: ReactNode;
  readonly tone: Tone;
  readonly detail?: ReactNode;
}

/** What a person asked for. */
const ASKED: Readonly<Record<string, string>> = {
  "approval-given": "approved the plan",
  "approval-rejected": "rejected the plan",
  "promotion-given": "promoted it",
  "pause-asked": "paused it",
  "skip-asked": "skipped the canary step",
  "abort-asked": "aborted it",
  "resume-asked": "let it go on",
  "detach-asked": "detached the number",
  "freeze-overridden": "passed the freeze window",
};

export function told(event: RolloutEvent, reasons: ReasonMap, tenant: string): Told {
  const detail = textOf(event, "detail");
  const asked = ASKED[event.type];
  if (asked !== undefined)
    return {
      title: (
        <span className="inline-block first-letter:uppercase">
          <Subject tenant={tenant} of={textOf(event, "actor")} /> {asked}
        </span>
      ),
      tone: event.type === "abort-asked" || event.type === "approval-rejected" ? "bad" : "good",
      detail: detail === "" ? undefined : `“${detail}”`,
    };
  return (TELLERS[event.type] ?? plainly)(event, reasons);
}

type Teller = (event: RolloutEvent, reasons: ReasonMap) => Told;

const plainly: Teller = (event) => ({
  title: capital(event.type.replaceAll("-", " ")),
  tone: "neutral",
  detail: textOf(event, "detail") || undefined,
});

const withReason = (event: RolloutEvent, reasons: ReasonMap): ReactNode => {
  const summary = reasons.get(textOf(event, "reason"))?.summary;
  const detail = readable(textOf(event, "detail"));
  if (summary === undefined && detail === "") return undefined;
  return (
    <>
      {summary !== undefined && <p>{summary}.</p>}
      {detail !== "" && <p className="text-ink-faint">{detail}</p>}
    </>
  );
};

const TELLERS: Readonly<Record<string, Teller>> = {
  "phase-entered": (event, reasons) => {
    const to = (textOf(event, "to") || event.phase) as Phase;
    return {
      title: textOf(event, "from") === "" ? "Started" : (GATES[to] ?? capital(PHASE_WORDS[to] ?? to)),
      tone: hasEnded(to) || to === "held" ? phaseTone(to) : "neutral",
      detail: withReason(event, reasons),
    };
  },
  "rollout-waited": (event, reasons) => ({
    title: "Waits",
    tone: reasons.get(textOf(event, "reason"))?.kind === "hold" ? "warn" : "neutral",
    detail: withReason(event, reasons),
  }),
  "slot-tainted": (event) => ({ title: `Writing into ${textOf(event, "slot")} begins`, tone: "neutral" }),
  "routing-written": () => ({ title: "The number's routing is written", tone: "good" }),
  "cleanup-planned": () => ({ title: "What is to be removed is laid out", tone: "neutral" }),
  "plan-made": () => ({ title: "The plan is made", tone: "good" }),
  "scenarios-planned": ({ payload }) => ({
    title: `${counted(Array.isArray(payload["scenarios"]) ? payload["scenarios"].length : 0, "conversation")} to be held`,
    tone: "neutral",
  }),
  "scenario-ended": (event) => ({
    title: textOf(event, "scenario"),
    tone: textOf(event, "result") === "passed" ? "good" : "bad",
    detail: textOf(event, "result"),
  }),
  "smoke-reported": ({ payload }) => ({
    title: payload["passed"] === true ? "The smoke test passed" : "The smoke test did not pass",
    tone: payload["passed"] === true ? "good" : "bad",
  }),
  "replay-reported": (event) => ({
    title: `Past calls: ${textOf(event, "verdict")}`,
    tone: textOf(event, "verdict") === "differs" ? "warn" : "good",
    detail: textOf(event, "detail") || undefined,
  }),
  "evidence-weighed": (event) => ({
    title: `Calls weighed: ${textOf(event, "kind")}`,
    tone: WEIGHED[textOf(event, "kind")] ?? "neutral",
    detail: textOf(event, "kind") === "gathering" ? undefined : textOf(event, "detail") || undefined,
  }),
  "pointer-moved": (event) => {
    const candidate = textOf(event, "candidate");
    const to = candidate === "" ? textOf(event, "to") : candidate;
    return {
      title: (
        <span className="inline-flex flex-wrap items-center gap-1.5">
          {candidate === "" ? "New calls go to" : `${share(numberOf(event, "weightBp") ?? 0)} of new calls go to`}
          {to === "blue" || to === "green" ? <SlotBadge slot={to} /> : " the carrier's own routing"}
        </span>
      ),
      tone: "good",
      detail: `Generation ${numberOf(event, "generation")}`,
    };
  },
};

/** Gates are entered also where nobody has to open them; a wait at one tells itself. */
const GATES: Readonly<Partial<Record<Phase, string>>> = {
  "awaiting-approval": "Approval",
  "awaiting-promotion": "Promotion",
};

const WEIGHED: Readonly<Record<string, Tone>> = {
  passed: "good",
  breached: "bad",
  gathering: "neutral",
  inconclusive: "warn",
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
