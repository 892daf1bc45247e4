import {
  DeploymentDetail,
  Pointer,
  Replay,
  RollbackResult,
  Rollout,
  RolloutDetail,
  RolloutSmoke,
} from "@tandem/contracts";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { pointerWord, deploymentStatus } from "../views/deployment.ts";
import { evidenceView } from "../views/evidence.ts";
import { latencyLine } from "../views/latency.ts";
import { replayView } from "../views/replay.ts";
import { rolloutStatus } from "../views/rollout.ts";
import { smokeView } from "../views/smoke.ts";
import type { Register } from "./context.ts";
import { exitCodeOf } from "./replay.ts";
import { newestRolloutOf, rolloutOf } from "./rollout-reference.ts";

interface Options {
  readonly reason?: string;
}

interface StatusOptions {
  readonly smoke?: true;
  readonly evidence?: true;
  readonly replay?: true;
}

/** Status, the decisions about a live rollout, and what moves calls at once. */
export const registerRollout: Register = (program, run) => {
  program
    .command("status <deployment>")
    .description("what is live, what is in each slot, and whether there is a way back")
    .option("--smoke", "the last smoke test instead: what was said and heard, and how fast each answer came")
    .option("--evidence", "what the calls of the last rollout tell instead: both releases, figure by figure")
    .option("--replay", "what past calls came to on the release of the last rollout instead, beside the live one")
    .action((deployment: string, { smoke, evidence, replay }: StatusOptions) =>
      run(async ({ api, output }) => {
        if (replay === true) {
          const shown = await api.get(`/v1/rollouts/${await newestRolloutOf(api, deployment)}/replay`, Replay);
          output.result(shown, () => replayView(shown, output.paint));
          return exitCodeOf(shown);
        }
        if (evidence === true) {
          const verdict = await lastEvidence(api, deployment);
          output.result(verdict, () => evidenceView(verdict, output.paint));
          return VERDICT_CODES[verdict.kind];
        }
        if (smoke === true) {
          const report = await lastSmoke(api, deployment);
          output.result(report, () => smokeView(report, output.paint));
          return report.passed ? ExitCode.done : ExitCode.failed;
        }
        const detail = await api.get(`/v1/deployments/${encodeURIComponent(deployment)}`, DeploymentDetail);
        const rollout =
          detail.liveRollout === null ? null : await api.get(`/v1/rollouts/${detail.liveRollout.id}`, RolloutDetail);
        output.result({ ...detail, rollout }, () =>
          [
            deploymentStatus(detail, output.paint),
            ...(rollout === null
              ? []
              : ["", rolloutStatus(rollout, output.paint), ...[latencyLine(rollout.latency) ?? []].flat()]),
          ].join("\n"),
        );
        return rollout?.phase === "held" ? ExitCode.pending : ExitCode.done;
      }),
    );

  const decisions = {
    promote: "open the last gate before the switch, take all canary steps at once, or end the watch after the switch",
    abort: "stop a rollout before the switch and clean the inactive slot",
    pause: "stop a rollout where it is; with callers on the release it stays watched and goes no further",
    skip: "take the next canary step now; needs a reason",
    resume: "let a held rollout try again, or a paused one go on",
  };
  for (const [decision, description] of Object.entries(decisions)) {
    program
      .command(`${decision} <deployment-or-rollout>`)
      .description(description)
      .option("-r, --reason <text>", "kept in the audit log")
      .action((reference: string, options: Options) =>
        run(async ({ api, output }) => {
          const id = await rolloutOf(api, reference);
          const rollout = await api.post(`/v1/rollouts/${id}/${decision}`, { reason: options.reason ?? null }, Rollout);
          output.result(rollout, () => rolloutStatus(rollout, output.paint));
          return ExitCode.done;
        }),
      );
  }

  program
    .command("rollback <deployment>")
    .description("new calls go back to the previous slot at once; calls in progress stay where they are")
    .option("-r, --reason <text>", "kept in the audit log")
    .action((deployment: string, options: Options) =>
      run(async ({ api, output }) => {
        const result = await api.post(
          `/v1/deployments/${encodeURIComponent(deployment)}/rollback`,
          { reason: options.reason ?? null },
          RollbackResult,
        );
        output.result(result, () =>
          result.wasAbort
            ? "The switch had not happened yet: the rollout is aborted. Callers noticed nothing."
            : output.paint(
                "good",
                `New calls go to ${pointerWord(result.pointer)} (generation ${result.pointer.generation}). Calls in progress end where they are.`,
              ),
        );
        return ExitCode.done;
      }),
    );

  for (const [verb, description] of Object.entries({
    divert: "send every new call to a person at once",
    undivert: "end a divert: new calls follow the active slot again",
  })) {
    program
      .command(`${verb} <deployment>`)
      .description(description)
      .option("-r, --reason <text>", "kept in the audit log")
      .action((deployment: string, options: Options) =>
        run(async ({ api, output }) => {
          const pointer = await api.post(
            `/v1/deployments/${encodeURIComponent(deployment)}/${verb}`,
            { reason: options.reason ?? null },
            Pointer,
          );
          output.result(pointer, () => `New calls: ${pointerWord(pointer)} (generation ${pointer.generation}).`);
          return ExitCode.done;
        }),
      );
  }
};

const VERDICT_CODES = {
  passed: ExitCode.done,
  breached: ExitCode.failed,
  gathering: ExitCode.pending,
  inconclusive: ExitCode.pending,
} as const;

/** Of the live rollout, else of the newest one. */
const lastSmoke = async (api: Api, deployment: string): Promise<RolloutSmoke> =>
  api.get(`/v1/rollouts/${await newestRolloutOf(api, deployment)}/smoke`, RolloutSmoke);

async function lastEvidence(api: Api, deployment: string) {
  const { evidence } = await api.get(`/v1/rollouts/${await newestRolloutOf(api, deployment)}`, RolloutDetail);
  if (evidence === null)
    throw new CommandFailure(
      `No calls of the last rollout of ${deployment} were weighed: it has no evidence policy, or no callers yet.`,
      ExitCode.failed,
    );
  return evidence;
}
