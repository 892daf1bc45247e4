import { writeFile } from "node:fs/promises";
import { ExitCode } from "../exit-code.ts";
import type { Register } from "./context.ts";
import { hasChanges, isBlocked, makePlan, planWords } from "./planning.ts";

interface Options {
  readonly manifest?: string;
  readonly out?: string;
  readonly timeout: string;
}

/** Shows what a rollout would change; writes nothing anywhere. */
export const registerPlan: Register = (program, run) => {
  program
    .command("plan <deployment>")
    .description("show what a rollout would change; writes nothing (exit code 3: changes are pending)")
    .option(
      "-m, --manifest <reference>",
      "a version of the deployment's playbook, `playbook@version` or a manifest hash; the newest by default",
    )
    .option("-o, --out <file>", "also write the plan as JSON")
    .option("--timeout <seconds>", "how long to wait for a worker", "60")
    .action((deployment: string, options: Options) =>
      run(async ({ api, output }) => {
        const plan = await makePlan(api, deployment, options.manifest, Number(options.timeout) * 1000);
        if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(plan, null, 2)}\n`);
        output.result(
          plan,
          () =>
            `${planWords(plan, output)}\n\nTo apply exactly this plan: tandem apply ${deployment} --plan ${plan.id}`,
        );
        if (isBlocked(plan)) return ExitCode.failed;
        return hasChanges(plan) ? ExitCode.pending : ExitCode.done;
      }),
    );
};
