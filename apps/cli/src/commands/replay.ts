import { Replay, ReplayReference } from "@tandem/contracts";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { replayView } from "../views/replay.ts";
import type { Register } from "./context.ts";

const POLL_MS = 300;

interface Options {
  readonly sessions?: string;
  readonly days?: string;
  readonly timeout: string;
}

/** Has past sessions again on the live and on the inactive slot, and shows where they part. */
export const registerReplay: Register = (program, run) => {
  program
    .command("replay <deployment>")
    .description(
      "have past calls again as text on both slots, and show what ends differently (exit code 3: something does)",
    )
    .option("--sessions <number>", "how many past calls, most")
    .option("--days <number>", "of how many past days, most")
    .option("--timeout <seconds>", "how long to wait", "900")
    .action((deployment: string, options: Options) =>
      run(async ({ api, output }) => {
        const path = `/v1/deployments/${encodeURIComponent(deployment)}/replays`;
        const { replayId } = await api.post(path, bodyOf(options), ReplayReference);
        const replay = await finished(api, replayId, Number(options.timeout) * 1000);
        output.result(replay, () => replayView(replay, output.paint));
        return exitCodeOf(replay);
      }),
    );
};

const bodyOf = ({ sessions, days }: Options) => ({
  ...(sessions !== undefined && { sessions: Number(sessions) }),
  ...(days !== undefined && { maxAgeDays: Number(days) }),
});

/** 3 where something differs: a person should look. */
export const exitCodeOf = ({ report }: Replay): ExitCode =>
  report === null || report.differing > 0 || report.verdict === "differs" ? ExitCode.pending : ExitCode.done;

async function finished(api: Api, replayId: string, timeoutMs: number): Promise<Replay> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const replay = await api.get(`/v1/replays/${replayId}`, Replay);
    if (replay.state === "failed")
      throw new CommandFailure(replay.failure ?? "The replay failed", ExitCode.failed, replay);
    if (replay.state === "done") return replay;
    if (performance.now() > giveUpAt)
      throw new CommandFailure(
        `The replay has not ended within ${timeoutMs / 1000} s and goes on; it is shown by GET /v1/replays/${replayId}.`,
        ExitCode.failed,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
