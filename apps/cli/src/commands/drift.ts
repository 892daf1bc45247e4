import { DriftDecided, DriftPage, DriftReport } from "@tandem/contracts";
import type { Command } from "commander";
import { ExitCode } from "../exit-code.ts";
import { driftList, driftReport } from "../views/drift.ts";
import { runCheck } from "./check.ts";
import type { Register, Run } from "./context.ts";

const pathOf = (deployment: string): string => `/v1/deployments/${encodeURIComponent(deployment)}/drift`;

/** Looks for drift, shows it, and decides about it. */
export const registerDrift: Register = (program, run) => {
  const drift = program
    .command("drift")
    .argument("[deployment]", "looks now and shows what was found; left out: lists deployments with drift")
    .description("compare the vendors' objects with what was applied (exit code 3: something drifted)")
    .option("--timeout <seconds>", "how long to wait for a worker", "60")
    .action((deployment: string | undefined, options: { timeout: string }) =>
      deployment === undefined ? listAll(run) : look(run, deployment, Number(options.timeout) * 1000),
    );
  registerShow(drift, run);
  registerDecisions(drift, run);
};

const look = (run: Run, deployment: string, timeoutMs: number): Promise<void> =>
  run(async ({ api, output }) => {
    await runCheck(api, pathOf(deployment), timeoutMs);
    const report = await api.get(pathOf(deployment), DriftReport);
    const hasDrift = report.resources.some(({ state }) => state === "drifted" || state === "missing");
    output.result({ ...report, hasDrift }, () => driftReport(report));
    return report.complete && !hasDrift ? ExitCode.done : ExitCode.pending;
  });

const listAll = (run: Run): Promise<void> =>
  run(async ({ api, output }) => {
    const rows = await api.all("/v1/drift", DriftPage);
    output.result(rows, () => driftList(rows));
    return rows.length === 0 ? ExitCode.done : ExitCode.pending;
  });

function registerShow(drift: Command, run: Run): void {
  drift
    .command("show <deployment>")
    .description("what the latest look found, without looking again")
    .action((deployment: string) =>
      run(async ({ api, output }) => {
        const report = await api.get(pathOf(deployment), DriftReport);
        output.result(report, () => driftReport(report));
        return report.open.length === 0 ? ExitCode.done : ExitCode.pending;
      }),
    );
}

interface DecisionOptions {
  readonly reason: string;
  readonly slot?: string;
  readonly field?: readonly string[];
  readonly until?: string;
}

const ANSWERS = {
  adopt: "take the vendor's values over into the deployment's configuration",
  revert: "plan a rollout that writes our values back",
  ignore: "neither warn nor tell of it until a date",
} as const;

function registerDecisions(drift: Command, run: Run): void {
  for (const answer of ["adopt", "revert", "ignore"] as const) {
    const command = drift
      .command(`${answer} <deployment> <address>`)
      .description(ANSWERS[answer])
      .requiredOption("--reason <text>", "why; kept with the decision")
      .option("--slot <slot>", "blue or green; the active slot when left out");
    if (answer !== "revert") command.option("--field <path...>", "drifted fields; all of them when left out");
    if (answer === "ignore") command.requiredOption("--until <time>", "e.g. 2027-01-31 or 2027-01-31T09:00:00Z");
    command.action((deployment: string, address: string, options: DecisionOptions) =>
      decide(run, deployment, { answer, address, ...bodyOf(options) }),
    );
  }
}

const bodyOf = ({ reason, slot, field, until }: DecisionOptions) => ({
  reason,
  ...(slot !== undefined && { slot }),
  ...(field !== undefined && { paths: field }),
  ...(until !== undefined && { until: instantOf(until) }),
});

/** A day is its first moment, UTC; anything else goes as written, and the API says what is wrong with it. */
const instantOf = (text: string): string => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);

const decide = (run: Run, deployment: string, body: object): Promise<void> =>
  run(async ({ api, output }) => {
    const decided = await api.post(`${pathOf(deployment)}/decisions`, body, DriftDecided);
    output.result(decided, () =>
      [decided.effect, ...(decided.alsoFeeds ?? []).map((place) => `Changes with it: ${place}`)].join("\n"),
    );
    return ExitCode.done;
  });
