import type { RolloutDetail } from "@tandem/contracts";
import { metricName, metricValue } from "@tandem/domain/evidence";
import type { Ink, Paint } from "@tandem/domain/plan";
import type { Json } from "@tandem/kernel";
import { table, when } from "./table.ts";

type Verdict = NonNullable<RolloutDetail["evidence"]>;

const INKS: Readonly<Record<Verdict["kind"], Ink>> = {
  passed: "good",
  breached: "error",
  gathering: "muted",
  inconclusive: "warning",
};

const BASES: Readonly<Record<Verdict["baseline"], string>> = {
  concurrent: "the release before in the same stretch of time",
  "same-hours": "the release before at the same weekday and hours of the last four weeks",
  none: "nothing: absolute limits only",
};

const STATES: Readonly<Record<Verdict["comparisons"][number]["state"], string>> = {
  passed: "no worse than allowed",
  breached: "WORSE than allowed",
  open: "not told yet",
  shown: "not judged",
};

/** What the calls of a rollout tell, metric by metric, with the sample of each side. */
export function evidenceView(verdict: Verdict, paint: Paint): string {
  const { kind, detail, alarms, comparisons, window } = verdict;
  const rows = comparisons.map((each) => [
    metricName(each.metric),
    `${metricValue(each.metric, each.candidate)} (n=${each.candidateSamples})`,
    `${metricValue(each.metric, each.baseline)} (n=${each.baselineSamples})`,
    STATES[each.state],
  ]);
  return [
    `Evidence: ${paint(INKS[kind], kind)}${verdict.isReduced ? paint("warning", " (reduced)") : ""}`,
    `  ${detail}`,
    `  against  ${BASES[verdict.baseline]}`,
    ...(window === undefined
      ? []
      : [`  calls    from ${whenMs(window.fromMs)} to ${whenMs(window.toMs)}; only those that have ended count`]),
    ...alarms.map((alarm) => `  ${paint("error", "alarm")}    ${alarm}`),
    "",
    table(["figure", "new release", "before", "verdict"], rows),
  ].join("\n");
}

const whenMs = (epochMs: number): string => when(new Date(epochMs).toISOString());

/** A look at the evidence as one line of the timeline, with the metrics that were found worse below. */
export function evidenceLine(payload: Readonly<Record<string, Json>>, paint: Paint): string {
  const kind = typeof payload["kind"] === "string" ? payload["kind"] : "";
  const ink = Object.hasOwn(INKS, kind) ? INKS[kind as Verdict["kind"]] : "muted";
  const accepted = payload["isAccepted"] === true ? ", accepted by a person" : "";
  const reduced = payload["isReduced"] === true ? ", reduced evidence" : "";
  return `${paint(ink, `evidence ${kind}`)}${reduced}${accepted}: ${String(payload["detail"] ?? "")}`;
}
