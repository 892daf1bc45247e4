import { AppError, VendorError } from "@tandem/kernel";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { describeVendorError } from "../executor/failure.ts";
import { runDrift } from "./drift.ts";
import { runPlan } from "./plan.ts";
import { runTestConnection } from "./test-connection.ts";

/** Does what the API left for a worker. All of it reads only, so that a command that is run twice does no harm. Answers how many it took. */
export async function runCommands(context: EngineContext): Promise<number> {
  const { concurrency, leaseMs } = context.settings;
  const commands = await context.commands.claimCommands(context.workerId, concurrency, leaseMs * 4);
  await Promise.all(commands.map((command) => runCommand(context, command)));
  return commands.length;
}

async function runCommand(context: EngineContext, command: Command): Promise<void> {
  try {
    if (command.kind === "plan") await runPlan(context, command);
    else if (command.kind === "drift") await runDrift(context, command);
    else await runTestConnection(context, command);
  } catch (error) {
    await fail(context, command, error);
  }
}

async function fail(context: EngineContext, command: Command, error: unknown): Promise<void> {
  if (!(error instanceof AppError)) context.log.error({ commandId: command.id, err: error }, "a command failed");
  const code = error instanceof AppError ? error.code : "internal";
  const detail =
    error instanceof VendorError
      ? describeVendorError(error)
      : error instanceof AppError
        ? error.message
        : "unexpected error; see the log";
  try {
    await context.commands.failCommand(command, code, detail);
  } catch (second) {
    context.log.error(
      { commandId: command.id, err: second },
      "a failed command could not be noted; it is taken up again when its claim expires",
    );
  }
}
