import { AppProcess } from "../e2e/harness/app-process.ts";
import type { Installation } from "../e2e/harness/installation.ts";
import { TandemApi } from "../e2e/harness/tandem-api.ts";
import type { EarlierTree } from "./earlier-tree.ts";

export type Version = "before" | "this";

/** API and workers of the release before and of this one, over the same tables, started and ended as an update does it. */
export class TwoVersions {
  readonly apis: Readonly<Record<Version, TandemApi>>;
  /** How often a worker was ended by SIGTERM, and how often it did not listen. */
  readonly ended = { listened: 0, killed: 0 };
  readonly #installation: Installation;
  readonly #tree: EarlierTree;
  readonly #workers = new Map<Version, AppProcess>();
  readonly #earlierApi: AppProcess;

  private constructor(installation: Installation, tree: EarlierTree, earlierApi: AppProcess, earlierOrigin: string) {
    this.#installation = installation;
    this.#tree = tree;
    this.#earlierApi = earlierApi;
    this.apis = { this: installation.platform, before: new TandemApi(earlierOrigin, installation.platform.key) };
  }

  static async start(installation: Installation, tree: EarlierTree): Promise<TwoVersions> {
    const port = String(await installation.freePort());
    const origin = `http://127.0.0.1:${port}`;
    const environment = { ...installation.environmentOf("api"), PORT: port };
    const api = AppProcess.start("api", environment, { readinessUrl: `${origin}/ready`, root: tree.folder });
    installation.processes.unshift(api); // the newest of each app stays this version's
    await api.ready();
    return new TwoVersions(installation, tree, api, origin);
  }

  async startWorker(version: Version): Promise<void> {
    const port = String(await this.#installation.freePort());
    const environment = { ...this.#installation.environmentOf("worker"), TANDEM_WORKER_PORT: port };
    const readinessUrl = `http://127.0.0.1:${port}/ready`;
    const root = version === "before" ? { root: this.#tree.folder } : {};
    const worker = AppProcess.start("worker", environment, { readinessUrl, ...root });
    this.#installation.processes.push(worker);
    this.#workers.set(version, worker);
    await worker.ready();
  }

  /** SIGTERM; a worker has ten seconds. */
  async stopWorker(version: Version): Promise<void> {
    const { code, signal } = (await this.#workers.get(version)?.stop()) ?? { code: 0, signal: null };
    this.#workers.delete(version);
    if (signal === "SIGKILL") this.ended.killed += 1;
    else this.ended.listened += 1;
    if (code !== null && code !== 0) throw new Error(`a worker (${version}) ended with code ${code}`);
  }

  async stopEarlierApi(): Promise<void> {
    await this.#earlierApi.stop();
  }

  /** Lines of any process that tell an error. */
  errors(): string[] {
    return this.#installation.processes.flatMap(({ app, log }) =>
      log
        .split("\n")
        .filter((line) => /"level":(50|60)|^\s*(TypeError|ReferenceError|SyntaxError)/.test(line))
        .map((line) => `${app}: ${line.slice(0, 400)}`),
    );
  }
}
