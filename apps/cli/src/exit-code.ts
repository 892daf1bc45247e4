/** What the command line answers to the shell. */
export const ExitCode = {
  /** Everything asked for is done; for `plan` and `drift`: nothing differs. */
  done: 0,
  /** It failed: the rollout ended aborted, rolled back or failed, or the API refused. */
  failed: 1,
  /** The command was not understood, or its input is not valid. */
  usage: 2,
  /** It is neither done nor failed: changes are pending, or a rollout is held or waits for a person. */
  pending: 3,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message for people and, with `--json`, the problem as data. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly problem: unknown;

  constructor(message: string, exitCode: ExitCode, problem: unknown = null) {
    super(message);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}
