import { counted } from "@tandem/kernel";
import { Html, html } from "./html.ts";
import type { ProofContent, ShownVerdict } from "./proof-pack.ts";
import { ms, tableOf, when } from "./proof-table.ts";

type Smoke = NonNullable<ProofContent["smoke"]>;
type Scenario = Smoke["scenarios"][number];

export function smokeSection({ smoke }: ProofContent): Html {
  if (smoke === null) return html`<p class="muted">No smoke test was made.</p>`;
  const { passed, level, samples, skippedWrites, reducedEvidence, failures, response, scenarios, areWordsHidden } =
    smoke;
  return html`<p>
      <span class="badge ${passed ? "good" : "bad"}">${passed ? "passed" : "not passed"}</span> ${when(smoke.at)} UTC,
      ${level},
      ${counted(samples, "sample")}${skippedWrites === 0 ? "" : `, ${counted(skippedWrites, "write")} not tried`}${reducedEvidence ? ", reduced evidence" : ""}.
    </p>
    ${response === null ? null : html`<p>Answers over ${counted(response.turns, "turn")}: half within ${ms(response.p50Ms)}, 95 % within ${ms(response.p95Ms)}; target ${ms(response.targetMs)}.</p>`}
    ${failures.map((failure) => html`<p class="bad">${failure}</p>`)}
    ${areWordsHidden ? html`<p class="muted">What was said is not shown to the reader's role.</p>` : null}
    ${scenarios.map(scenarioPart)}`;
}

function scenarioPart(scenario: Scenario): Html {
  const { name, passed, level, attempts, longestSilenceMs, durationMs, failures, turns, latency, reduced } = scenario;
  return html`<h3><span class="${passed ? "good" : "bad"}">${passed ? "✓" : "✗"}</span> ${name}</h3>
    <p class="muted">
      ${level}, ${attempts === 1 ? "played once" : counted(attempts, "attempt")}, ${Math.round(durationMs / 1000)} s,
      longest silence ${ms(longestSilenceMs)}${reduced === null ? "" : `; ${reduced}`}
    </p>
    ${failures.map((failure) => html`<p class="bad">${failure}</p>`)}
    ${
      turns.length === 0
        ? null
        : html`<ol class="turns">
            ${turns.map(turnPart)}
          </ol>`
    }
    ${latency.length === 0 ? null : latencyTable(latency)}`;
}

const turnPart = ({ by, text, startMs, latencyMs, wasInterrupted }: Scenario["turns"][number]): Html =>
  html`<li class="${by}">
    <span class="muted">${by} ${(startMs / 1000).toFixed(1)} s</span
    ><span class="said">${text}${wasInterrupted ? html` <span class="warn">(interrupted)</span>` : null}</span
    ><span class="num muted">${latencyMs === null ? null : `after ${ms(latencyMs)}`}</span>
  </li>`;

const latencyTable = (latency: Scenario["latency"]): Html =>
  tableOf(
    [
      ["Turn", "num"],
      ["Hearing", "num"],
      ["End of turn", "num"],
      ["Model", "num"],
      ["Voice", "num"],
      ["Sending", "num"],
      ["Network", "num"],
      ["In all", "num"],
      ["Providers"],
    ],
    latency.map((turn) => [
      turn.turn,
      ms(turn.transcribeMs),
      ms(turn.endOfTurnMs),
      ms(turn.modelMs),
      ms(turn.speechMs),
      ms(turn.sendMs),
      ms(turn.networkMs),
      ms(turn.totalMs),
      turn.providers,
    ]),
    "",
  );

export function latencySection({ latency }: ProofContent): Html {
  const { targetMs, estimated, smoke, live } = latency;
  const rows = [
    ...(estimated === null ? [] : [["Estimated from probes", ms(estimated.p50Ms), ms(estimated.p95Ms), "–"]]),
    ...(smoke === null ? [] : [["Smoke test", ms(smoke.p50Ms), ms(smoke.p95Ms), smoke.turns]]),
    ...live.map(({ region, p50Ms, p95Ms, turns }) => [
      `Callers of the last day, ${region}`,
      ms(p50Ms),
      ms(p95Ms),
      turns,
    ]),
  ];
  return html`<p>
      End of the caller's words to the first sound of the answer. Target: ${ms(targetMs)} at the 95th percentile.
    </p>
    ${tableOf([["Measured"], ["Half within", "num"], ["95 % within", "num"], ["Turns", "num"]], rows, "Nothing was measured.")}`;
}

const VERDICT: Readonly<Record<string, string>> = {
  passed: "good",
  breached: "bad",
  inconclusive: "warn",
  gathering: "muted",
};

export function evidenceSection({ evidence }: ProofContent): Html {
  if (evidence.length === 0)
    return html`<p class="muted">No calls were weighed: the release had no evidence policy, or took no calls.</p>`;
  return html`${evidence.map(verdictPart)}`;
}

function verdictPart({ at, kind, detail, baseline, isReduced, alarms, comparisons }: ShownVerdict): Html {
  return html`<h3>${when(at)} UTC <span class="badge ${VERDICT[kind] ?? "muted"}">${kind}</span></h3>
    <p>${detail}</p>
    <p class="muted">Held against: ${baseline === "" ? "–" : baseline}${isReduced ? "; reduced evidence" : ""}</p>
    ${alarms.map((alarm) => html`<p class="bad">${alarm}</p>`)}
    ${tableOf(
      [["Metric"], ["New release", "num"], ["Calls", "num"], ["Before", "num"], ["Calls", "num"], ["Verdict"]],
      comparisons.map(({ metric, candidate, baseline: before, candidateSamples, baselineSamples, state }) => [
        metric,
        figure(metric, candidate),
        candidateSamples,
        figure(metric, before),
        baselineSamples,
        state,
      ]),
      "No metric was compared.",
    )}`;
}

/** Shares as per cent, times as such. */
function figure(metric: string, value: number | null): string {
  if (value === null) return "–";
  if (metric === "handling-time") return `${Math.round(value / 1000)} s`;
  return metric === "response-latency" ? ms(value) : `${(value * 100).toFixed(1)} %`;
}
