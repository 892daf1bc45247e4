import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { workspaceRoot } from "../../../tools/projects.mjs";
import { nodePath, waitUntilReady } from "../../../tools/up/processes.mjs";

/** Three installations may start at once on two cores. */
const READY_WITHIN_MS = 170_000;

export type AppName = "api" | "worker" | "media" | "sandbox";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One built app as a child process of the test: its log is kept, and it ends with the test run whatever happens. */
export class AppProcess {
  readonly app: AppName;
  readonly child: ChildProcess;
  readonly #readinessUrl: string;
  readonly #ended: Promise<Ending>;
  #log = "";

  private constructor(app: AppName, child: ChildProcess, readinessUrl: string) {
    this.app = app;
    this.child = child;
    this.#readinessUrl = readinessUrl;
    this.#ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  /** Starts it; `isStandby` (workers only) lets it load everything and wait for `begin`; `root`: the checkout whose app it is, this one when absent. */
  static start(
    app: AppName,
    environment: NodeJS.ProcessEnv,
    options: { readonly readinessUrl: string; readonly isStandby?: boolean; readonly root?: string },
  ): AppProcess {
    const preloads = [
      "tools/up/exit-with-launcher.mjs",
      ...(options.isStandby === true ? ["test/e2e/harness/standby.mjs"] : []),
    ];
    const root = options.root ?? workspaceRoot;
    const imports = preloads.flatMap((file) => ["--import", join(root, file)]);
    const child = spawn(nodePath, ["--enable-source-maps", ...imports, join(root, "apps", app, "dist/main.js")], {
      cwd: root,
      stdio: ["pipe", "pipe", "pipe"],
      env: environment,
    });
    child.stdin?.on("error", () => {}); // it may have died before it was told to begin
    return new AppProcess(app, child, options.readinessUrl);
  }

  get log(): string {
    return this.#log;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Lets a standby process begin. */
  begin(): void {
    this.child.stdin?.write(`${JSON.stringify({ begin: true })}\n`);
  }

  /** Makes a process that was started as a standby kill itself at a journal boundary: `<point>` or `<point>#<n>`, counted from now. */
  arm(fault: string): void {
    this.child.stdin?.write(`${JSON.stringify({ fault })}\n`);
  }

  /** Resolves when it answers its readiness route. Fails with its last lines when it ends first. */
  async ready(): Promise<this> {
    try {
      await waitUntilReady(this.app, this.child, this.#readinessUrl, READY_WITHIN_MS);
      return this;
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.#log.slice(-3000)}`, { cause: error });
    }
  }

  /** How it ended; null when it still lives after the time. */
  async ending(withinMs: number): Promise<Ending | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), withinMs)));
    const ending = await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    return ending;
  }

  /** SIGKILL: no clean-up of any kind. */
  async kill(): Promise<void> {
    if (!this.hasEnded) this.child.kill("SIGKILL");
    await this.#ended;
  }

  /** SIGTERM, and SIGKILL when it does not listen. */
  async stop(patienceMs = 10_000): Promise<Ending> {
    if (!this.hasEnded) this.child.kill("SIGTERM");
    const ending = await this.ending(patienceMs);
    if (ending !== null) return ending;
    await this.kill();
    return this.#ended;
  }
}
