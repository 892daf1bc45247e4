import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { instant, Secret } from "@tandem/kernel";
import { SandboxControl } from "@tandem/sandbox-host";
import { hashApiKeySecret, makeApiKey } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { readPlaybookFolder } from "../../../tools/playbook-folder.mjs";
import { workspaceRoot } from "../../../tools/projects.mjs";
import { makeSecrets } from "../../../tools/up/secrets.mjs";
import { appEnvironment, readinessUrl } from "../../../tools/up/settings.mjs";
import { type AppName, AppProcess } from "./app-process.ts";
import { claimPort } from "./ports.ts";
import { type Listener, TandemApi } from "./tandem-api.ts";

/** Database addresses of an installation: what `freshDatabase()` gives, or a server of the test's own. */
export interface Databases {
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly mediaUrl: string;
  readonly superuserUrl: string;
}

const PORT_NAMES = [
  "api",
  "media",
  "worker",
  "control",
  "twilio",
  "retell",
  "google",
  "hubspot",
  "deepgram",
  "cartesia",
  "elevenlabs",
  "openai",
] as const;
type Ports = Record<(typeof PORT_NAMES)[number], number>;

/** Times at which a test need not wait: leases, sweeps and settling of at most two seconds. */
export const FAST: Readonly<Record<string, string>> = {
  TANDEM_LEASE_MS: "2000",
  TANDEM_VENDOR_DEADLINE_MS: "900",
  TANDEM_SWEEP_INTERVAL_MS: "300",
  TANDEM_SETTLE_CAP_MS: "200",
  TANDEM_BAKE_CHECK_MS: "200",
  TANDEM_POINTER_LAG_MS: "1500",
  TANDEM_POINTER_POLL_MS: "200",
  TANDEM_DRAIN_MS: "500",
  TANDEM_PROBE_SAMPLES: "3",
  TANDEM_SMOKE_SLACK_MS: "8000",
  TANDEM_LOG_LEVEL: "warn",
  NODE_COMPILE_CACHE: join(tmpdir(), "tandem-e2e-compiled"),
};

export interface InstallationOptions {
  readonly databases: Databases;
  /** Variables on top of the fast times. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Sees every answer of the API. */
  readonly listener?: Listener;
}

/** The built apps on a database of their own, each a child process that a test may kill, stop and start again. */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), "tandem-e2e-"));
  readonly databases: Databases;
  readonly ports: Ports;
  readonly sandbox: SandboxControl;
  /** With a platform key. */
  readonly platform: TandemApi;
  readonly processes: AppProcess[] = [];
  readonly #secrets: Record<string, string>;
  readonly #variables: Readonly<Record<string, string>>;

  private constructor(
    options: InstallationOptions,
    given: { ports: Ports; secrets: Record<string, string>; platformKey: string },
  ) {
    this.databases = options.databases;
    this.#variables = { ...FAST, ...options.variables };
    this.ports = given.ports;
    this.#secrets = given.secrets;
    this.sandbox = new SandboxControl(`http://127.0.0.1:${given.ports.control}`);
    this.platform = new TandemApi(`http://127.0.0.1:${given.ports.api}`, given.platformKey, options.listener);
  }

  /** Starts sandbox, API and media; workers are the test's business. Publishes the playbooks into the library. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const secrets = makeSecrets() as Record<string, string>;
    const platformKey = await makePlatformKey(options.databases.appUrl, secrets["TANDEM_KEY_PEPPER"] ?? "");
    const installation = new Installation(options, { ports: await freePorts(), secrets, platformKey });
    try {
      await Promise.all((["sandbox", "api", "media"] as const).map((app) => installation.launch(app).ready()));
      for (const playbook of ["after-hours-answering", "lead-qualifier"]) {
        await installation.platform.post("/v1/manifests", { files: playbookFiles(playbook) });
      }
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  /** Starts one app with variables on top; not waited for. */
  launch(app: AppName, variables: Readonly<Record<string, string>> = {}, isStandby = false): AppProcess {
    const environment = { ...this.environmentOf(app), ...variables };
    const port = {
      api: "PORT",
      media: "TANDEM_MEDIA_PORT",
      worker: "TANDEM_WORKER_PORT",
      sandbox: "TANDEM_SANDBOX_CONTROL_PORT",
    }[app];
    const child = AppProcess.start(app, environment, {
      readinessUrl: `http://127.0.0.1:${environment[port]}/ready`,
      isStandby,
    });
    this.processes.push(child);
    return child;
  }

  /** A worker on a port of its own; `fault` kills it at that journal boundary. */
  async worker(fault?: string, variables: Readonly<Record<string, string>> = {}): Promise<AppProcess> {
    const port = String(await this.freePort());
    const given = { ...variables, TANDEM_WORKER_PORT: port, ...(fault === undefined ? {} : { TANDEM_FAULT: fault }) };
    const started = this.launch("worker", given);
    return fault === undefined ? started.ready() : started;
  }

  /** A worker that has loaded everything and waits for `begin`. */
  async standbyWorker(): Promise<AppProcess> {
    return this.launch("worker", { TANDEM_WORKER_PORT: String(await this.freePort()) }, true);
  }

  /** The newest process of an app. */
  running(app: AppName): AppProcess {
    const found = this.processes.findLast((each) => each.app === app);
    if (found === undefined) throw new Error(`${app} was never started`);
    return found;
  }

  freePort(): Promise<number> {
    return claimPort();
  }

  /** Everything that any process of this installation has printed. */
  logs(): string {
    return this.processes.map(({ app, child, log }) => `── ${app} (${child.pid})\n${log}`).join("\n");
  }

  /** Asks the database as its superuser, past row security. */
  async rows<Row = Record<string, unknown>>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.databases.superuserUrl });
    await client.connect();
    try {
      return (await client.query(sql, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** The installation's own secrets by the name of their variable; of the sealing key what makes it private. */
  secrets(): Readonly<Record<string, string>> {
    const { TANDEM_SEALING_PUBLIC_KEY: _sealing, TANDEM_AUDIT_PUBLIC_KEY: _audit, ...rest } = this.#secrets;
    const isJwk = (value: string) => value.startsWith("{");
    const secretOf = (value: string) => (isJwk(value) ? String((JSON.parse(value) as { d?: unknown }).d) : value);
    return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, secretOf(value)]));
  }

  /** What an app is started with. */
  environmentOf(app: AppName): NodeJS.ProcessEnv {
    const { appUrl, workerUrl, mediaUrl } = this.databases;
    const databaseUrls = {
      api: { DATABASE_URL: appUrl },
      worker: { DATABASE_URL: workerUrl },
      media: { DATABASE_URL: mediaUrl },
    };
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|TANDEM_|TEST|REDIS_URL|NODE_ENV)/.test(name),
    );
    const environment = { ...Object.fromEntries(inherited), ...this.#variables };
    process.env["TANDEM_DATA_DIR"] = this.folder;
    return appEnvironment(app, {
      ports: this.ports,
      secrets: this.#secrets,
      databaseUrls,
      environment,
    }) as NodeJS.ProcessEnv;
  }

  /** Stops every process, the sandbox last, and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((each) => (each.app === "worker" ? each.kill() : each.stop(4000))));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const readinessOf = (app: AppName, ports: Ports): string => readinessUrl(app, ports);

/** Files of a playbook folder as the API takes them. */
export const playbookFiles = (name: string): Record<string, string> =>
  Object.fromEntries(readPlaybookFolder(join(workspaceRoot, "playbooks", name)));

async function freePorts(): Promise<Ports> {
  const ports: [string, number][] = [];
  for (const name of PORT_NAMES) ports.push([name, await claimPort()]);
  return Object.fromEntries(ports) as Ports;
}

/** The first key of an installation is made by who owns the database, as `npm start` does. */
async function makePlatformKey(databaseUrl: string, pepper: string): Promise<string> {
  const store = openControlStore({ url: databaseUrl, applicationName: "tandem-e2e" });
  try {
    const made = makeApiKey("test");
    await store.createApiKey(
      { tenantId: null, subject: "system:test", roles: ["platform-admin"], via: "api", requestId: "e2e" },
      {
        keyId: made.keyId,
        secretHash: hashApiKeySecret(new Secret(pepper), made.secret),
        name: "end-to-end tests",
        roles: ["platform-admin"],
        tenantId: null,
        expiresAt: instant(Date.now() + 3_600_000),
      },
    );
    return made.key;
  } finally {
    await store.close();
  }
}
