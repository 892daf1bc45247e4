// npm run evidence:rates [-- --runs 200 --seed 20261128]: how often the evidence tests are wrong, and how many calls they need, by
// simulation with a look after every call. Prints the table of docs/evidence.md; exits 1 when a rate is beyond what is stated.
import { parseArgs } from "node:util";
import { defaultEvidence, EvidenceMetric } from "@tandem/domain/evidence";
import { evidenceRates, judgedByAll, mostOf } from "@tandem/testkit";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "200" }, seed: { type: "string", default: "20261128" } },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const policy = judgedByAll(defaultEvidence.production);

/** Nights enough for some hundred calls, and no more than anybody would wait. */
const VOLUMES = [
  { callsPerNight: 3, nights: 28 },
  { callsPerNight: 30, nights: 14 },
  { callsPerNight: 300, nights: 2 },
];
const SHARES = [
  { share: 0.05, name: "canary 5 %" },
  { share: 0.25, name: "canary 25 %" },
  { share: 0.5, name: "canary 50 %" },
  { share: 1, name: "blue/green" },
];

const percent = (count) => `${((100 * count) / runs).toFixed(1)} %`;
const median = (calls) => (calls === null ? "–" : String(calls));
const beyond = [];
console.log(
  `${runs} runs per cell, seed ${seed}, floor ${policy.minCalls} calls, stated: false breach ${policy.falseBreachRate} over all metrics, false pass ${policy.falsePassRate} per metric`,
);
console.log(
  "| calls a night | traffic | metric | false breach | false pass | calls until passed | calls until breached |",
);
console.log("|---|---|---|---|---|---|---|");
for (const { callsPerNight, nights } of VOLUMES)
  for (const { share, name } of SHARES) {
    const [same, margin, twice] = [0, 1, 2].map((worseTimes) =>
      evidenceRates({ policy, callsPerNight, nights, share, worseTimes, runs, seed }),
    );
    const where = `${callsPerNight} (${nights} nights), ${name}`;
    if (same.anyBreached > mostOf(runs, policy.falseBreachRate)) beyond.push(`${where}: false breach of any metric`);
    for (const metric of EvidenceMetric.options) {
      const of = (result) => result.metrics.find((each) => each.metric === metric);
      if (of(margin).passed > mostOf(runs, policy.falsePassRate)) beyond.push(`${where}: false pass of ${metric}`);
      const figures = [
        percent(of(same).breached),
        percent(of(margin).passed),
        median(of(same).medianCalls),
        median(of(twice).medianCalls),
      ];
      console.log(`| ${callsPerNight} (${nights} nights) | ${name} | ${metric} | ${figures.join(" | ")} |`);
    }
    console.log(`| ${callsPerNight} (${nights} nights) | ${name} | **any** | ${percent(same.anyBreached)} | | | |`);
  }
for (const problem of beyond) console.error(`beyond what is stated: ${problem}`);
process.exitCode = beyond.length === 0 ? 0 : 1;
