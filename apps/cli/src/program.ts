import { Command, CommanderError, InvalidArgumentError } from "commander";
import { cliConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import { Api } from "./api.ts";
import { registerApply } from "./commands/apply.ts";
import { registerAudit } from "./commands/audit.ts";
import { registerCall } from "./commands/call.ts";
import { registerCalls } from "./commands/calls.ts";
import { registerConnections, registerPlaybooks, registerTenants } from "./commands/catalog.ts";
import type { Run } from "./commands/context.ts";
import { registerDeployments } from "./commands/deployments.ts";
import { registerDrift } from "./commands/drift.ts";
import { registerFleet } from "./commands/fleet.ts";
import { registerGatePolicies } from "./commands/gate-policy.ts";
import { registerApprovals, registerFreezes, registerLinks } from "./commands/gates.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerKpis } from "./commands/kpis.ts";
import { registerMediaNodes } from "./commands/media-nodes.ts";
import { registerMembers } from "./commands/members.ts";
import { registerOutbound } from "./commands/outbound.ts";
import { registerPlan } from "./commands/plan.ts";
import { registerProof } from "./commands/proof.ts";
import { registerQueue } from "./commands/queue.ts";
import { registerReplay } from "./commands/replay.ts";
import { registerRevert } from "./commands/revert.ts";
import { registerRollout } from "./commands/rollout.ts";
import { registerValidate } from "./commands/validate.ts";
import { registerWebhook } from "./commands/webhook.ts";
import { CommandFailure, ExitCode } from "./exit-code.ts";
import { makeOutput, type Output } from "./output.ts";

const HELP = `
Environment:
  TANDEM_URL      address of the API (default http://127.0.0.1:4000)
  TANDEM_API_KEY  API key of the caller
  NO_COLOR        no colours

Exit codes:
  0  done, or nothing differs
  1  failed: refused, aborted, rolled back, or not reachable
  2  usage: the command or its input is not valid
  3  pending: changes are pending, or a rollout is held or waits for a person
`;

/** Runs one command line and answers its exit code. */
export async function runProgram(words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.done;
  const program = new Command("tandem")
    .description("Deploys voice-AI playbooks blue/green: preflight, plan, apply, smoke test, switch, bake, rollback.")
    .option("--json", "results as JSON on standard output, progress on standard error")
    .addHelpText("after", HELP)
    .exitOverride()
    .showHelpAfterError("(tandem --help shows the commands)");
  const output = () =>
    makeOutput(program.opts<{ json?: boolean }>().json === true, process.stdout.isTTY && cliConfig().noColour === null);
  const run: Run = async (work) => {
    exitCode = await work({ api: new Api(cliConfig()), output: output() });
  };
  for (const register of [
    registerValidate,
    registerPlan,
    registerApply,
    registerRollout,
    registerApprovals,
    registerGatePolicies,
    registerFreezes,
    registerMediaNodes,
    registerQueue,
    registerLinks,
    registerRevert,
    registerReplay,
    registerDrift,
    registerDeployments,
    registerPlaybooks,
    registerTenants,
    registerKeys,
    registerMembers,
    registerConnections,
    registerCall,
    registerOutbound,
    registerFleet,
    registerCalls,
    registerKpis,
    registerWebhook,
    registerAudit,
    registerProof,
  ]) {
    register(program, run);
  }
  try {
    await program.parseAsync(["node", "tandem", ...words]);
    return exitCode;
  } catch (error) {
    return report(error, output());
  }
}

function report(error: unknown, output: Output): ExitCode {
  if (error instanceof InvalidArgumentError) {
    process.stderr.write(`${output.paint("error", "error")}: the argument ${error.message}\n`);
    return ExitCode.usage;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  if (error instanceof CommandFailure) {
    if (output.isJson) output.result({ error: error.message, problem: error.problem }, () => "");
    process.stderr.write(`${output.paint("error", "error")}: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof AppError && error.code === "config_invalid") {
    process.stderr.write(`${error.message}\n`);
    return ExitCode.usage;
  }
  const { message } = error as Error;
  process.stderr.write(`${output.paint("error", "error")}: ${message}\n`);
  return ExitCode.failed;
}
