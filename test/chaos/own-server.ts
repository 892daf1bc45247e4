import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findFreePort, startPostgres } from "../../tools/embedded-postgres.mjs";
import { prepareDatabase } from "../../tools/prepare-database.mjs";
import type { Databases } from "../e2e/harness/installation.ts";

const NAME = "tandem";

/** A PostgreSQL of the run's own that may be killed: on its own port, with its data kept over a restart. */
export class OwnServer {
  readonly port: number;
  readonly #folder: string;
  #stop: () => Promise<void> = async () => {};
  #pool: pg.Pool | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async start(): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-chaos-postgres-"));
    const server = new OwnServer(folder, (await findFreePort(16_400 + (process.pid % 6000))) as number);
    await server.#launch();
    const admin = new pg.Client({ connectionString: server.url("postgres", "postgres") });
    await admin.connect();
    await admin.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
    await admin.query(`CREATE DATABASE ${NAME} OWNER tandem_owner`);
    await admin.end();
    await prepareDatabase({ ownerUrl: server.url("tandem_owner"), queueInPostgres: true });
    return server;
  }

  url(role: string, database = NAME): string {
    return `postgresql://${role}@127.0.0.1:${this.port}/${database}`;
  }

  get databases(): Databases {
    return {
      appUrl: this.url("tandem_api"),
      workerUrl: this.url("tandem_worker"),
      mediaUrl: this.url("tandem_media_node"),
      superuserUrl: this.url("postgres"),
    };
  }

  /** Asks as superuser, past row security and past every bad wire; waits while the server is away. */
  async rows<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#pool ??= this.#newPool();
        return (await this.#pool.query(sql, [...values])).rows as Row[];
      } catch (error) {
        if (attempt === 100) throw error;
        await sleep(200);
      }
    }
  }

  #newPool(): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url("postgres"), max: 4 });
    pool.on("error", () => {});
    pool.on("connect", (client) => client.on("error", () => {}));
    return pool;
  }

  /** What `pg_ctl restart -m immediate` does: no checkpoint, no farewell; recovery from the log. */
  async restartImmediately(): Promise<void> {
    const pid = Number(readFileSync(join(this.#folder, "data/postmaster.pid"), "utf8").split("\n")[0]);
    process.kill(pid, "SIGQUIT");
    while (isAlive(pid)) await sleep(20);
    await this.#launch();
  }

  async #launch(): Promise<void> {
    // Nothing here loses power: what was written is safe from the death of processes without being forced to the disk.
    const settings = { fsync: "off" };
    const started = await startPostgres({ dataDir: join(this.#folder, "data"), port: this.port, settings });
    this.#stop = started.stop;
  }

  async remove(): Promise<void> {
    await this.#pool?.end();
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
