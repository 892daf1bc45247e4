import { type ChildProcess, fork } from "node:child_process";

/** Starts a program of the benchmark and waits for its first message. */
export async function start<Ready>(
  program: URL,
  environment: NodeJS.ProcessEnv,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = fork(program, { env: environment });
  const ready = await new Promise<Ready>((resolve, reject) =>
    child
      .once("message", (message) => resolve(message as Ready))
      .once("exit", (code) => reject(new Error(`${program.pathname} ended with ${code}`))),
  );
  return { child, ready };
}
