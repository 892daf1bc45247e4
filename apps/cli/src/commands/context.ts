import type { Command } from "commander";
import type { Api } from "../api.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";

/** What every command gets. */
export interface Context {
  readonly api: Api;
  readonly output: Output;
}

/** Runs a command's work with its context and keeps the exit code it answers. */
export type Run = (work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Adds one noun's commands to the program. */
export type Register = (program: Command, run: Run) => void;
