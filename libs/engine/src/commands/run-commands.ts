import { AppError, VendorError } from "@tandem/kernel";
import type { Command } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "../context.ts";
import { describeVendorError } from "../executor/failure.ts";
import { runDrift } from "./drift.ts";
import { runListVoices } from "./list-voices.ts";
import { runPlan } from "./plan.ts";
import { runTestCall } from "./test-call.ts";
import { runTestConnection } from "./test-connection.ts";

/** Awaited before the engine ends. */
type Track = (work: Promise<void>) => Promise<void>;

/**
 * Does what the API left for a worker. None of it changes anything at a vendor, so that a command that is run twice does no harm. Answers how many it
 * took. A test call lasts as long as people talk: whoever waits here for the others does not wait for it.
 */
export async function runCommands(context: EngineContext, track: Track): Promise<number> {
  const { concurrency, leaseMs } = context.settings;
  const claimMs = leaseMs * 4;
  const commands = await context.commands.claimCommands(context.workerId, concurrency, claimMs);
  if (commands.length === 0) return 0;
  const isCall = ({ kind }: Command) => kind === "test-call";
  for (const command of commands.filter(isCall)) void track(runCommand(context, command, claimMs));
  await Promise.all(
    commands.filter((command) => !isCall(command)).map((command) => runCommand(context, command, claimMs)),
  );
  return commands.length;
}

async function runCommand(context: EngineContext, command: Command, claimMs: number): Promise<void> {
  try {
    if (command.kind === "plan") await runPlan(context, command);
    else if (command.kind === "drift") await runDrift(context, command);
    else if (command.kind === "test-call") await runTestCall(context, command, claimMs);
    else if (command.kind === "list-voices") await runListVoices(context, command);
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
