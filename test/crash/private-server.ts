import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findFreePort, startPostgres } from "../../tools/embedded-postgres.mjs";
import { prepareDatabase } from "../../tools/prepare-database.mjs";
import { type CommitProxy, openCommitProxy } from "./commit-proxy.ts";

const NAME = "tandem";

/**
 * A schema beside the product's: a trigger at the end of every transaction that writes a lease or an audit row, which raises 40001 for
 * the session names that are armed. A sequence counts, because it keeps its value when the transaction is rolled back.
 */
const SERIALIZATION_TRIGGER = `
  CREATE SCHEMA crash;
  CREATE TABLE crash.armed (name text PRIMARY KEY, failures integer NOT NULL);
  CREATE FUNCTION crash.fail_serialization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE v_failures integer;
  BEGIN
    SELECT failures INTO v_failures FROM crash.armed WHERE name = current_setting('application_name');
    IF FOUND AND nextval(format('crash.%I', current_setting('application_name'))) <= v_failures THEN
      RAISE EXCEPTION 'could not serialize access (armed by the crash matrix)' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER crash_at_audit AFTER INSERT ON audit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crash.fail_serialization();
  CREATE CONSTRAINT TRIGGER crash_at_lease AFTER UPDATE ON deployment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crash.fail_serialization();`;

/** A PostgreSQL of the matrix's own, whose sessions it may kill. */
export class PrivateServer {
  readonly proxy: CommitProxy;
  readonly #url: string;
  readonly #admin: pg.Pool;
  readonly #stop: () => Promise<void>;

  private constructor(parts: { url: string; proxy: CommitProxy; admin: pg.Pool; stop: () => Promise<void> }) {
    this.proxy = parts.proxy;
    this.#url = parts.url;
    this.#admin = parts.admin;
    this.#stop = parts.stop;
  }

  static async start(): Promise<PrivateServer> {
    const dataDir = join(tmpdir(), `tandem-crash-${randomUUID()}`);
    const port = (await findFreePort(17_000 + (process.pid % 7_000))) as number;
    const server = await startPostgres({ dataDir, port, throwAway: true });
    const url = (role: string, database = NAME) => `${server.url.replace("postgres@", `${role}@`)}/${database}`;
    const first = new pg.Client({ connectionString: url("postgres", "postgres") });
    await first.connect();
    await first.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
    await first.query(`CREATE DATABASE ${NAME} OWNER tandem_owner`);
    await first.end();
    await prepareDatabase({ ownerUrl: url("tandem_owner"), queueInPostgres: false });
    const admin = new pg.Pool({ connectionString: url("postgres"), max: 6 });
    admin.on("error", () => {});
    await admin.query(SERIALIZATION_TRIGGER);
    const proxy = await openCommitProxy(port);
    return new PrivateServer({ url: server.url, proxy, admin, stop: server.stop });
  }

  /** Of a login role; through the proxy unless `isDirect`. */
  url(role: "tandem_api" | "tandem_worker", isDirect = false): string {
    const origin = this.#url.replace("postgres@", `${role}@`);
    return `${isDirect ? origin : origin.replace(/:\d+$/, `:${this.proxy.port}`)}/${NAME}`;
  }

  /** Asks as superuser, past row security. */
  async rows<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#admin.query(sql, [...values])).rows as Row[];
  }

  /** Makes a process known, so that it can be armed. */
  async register(name: string): Promise<void> {
    await this.#admin.query(`CREATE SEQUENCE crash."${name}"`);
  }

  /** Kills the backends of a process that are inside a transaction, and waits until they are gone. Answers how many. */
  async terminateBackends(name: string): Promise<number> {
    const killed = new Set<number>();
    for (let looks = 0; killed.size === 0 && looks < 100; looks += 1) {
      if (looks > 0) await sleep(5);
      const rows = await this.rows<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle in transaction%' AND pg_terminate_backend(pid)",
        [name],
      );
      for (const { pid } of rows) killed.add(pid);
    }
    const alive = () => this.rows("SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1)", [[...killed]]);
    while ((await alive()).length > 0) await sleep(2);
    return killed.size;
  }

  /** Lets the next `failures` attempts of this process at a writing transaction end in 40001. */
  async failSerialization(name: string, failures: number): Promise<void> {
    await this.#admin.query(`ALTER SEQUENCE crash."${name}" RESTART`);
    await this.#admin.query(
      "INSERT INTO crash.armed VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET failures = excluded.failures",
      [name, failures],
    );
  }

  /** How many attempts were failed since it was armed; disarms it. */
  async disarmSerialization(name: string): Promise<number> {
    const armed = await this.rows<{ failures: number }>("DELETE FROM crash.armed WHERE name = $1 RETURNING failures", [
      name,
    ]);
    if (armed[0] === undefined) return 0;
    const [counted] = await this.rows<{ passed: number }>(
      `SELECT CASE WHEN is_called THEN last_value::int ELSE 0 END AS passed FROM crash."${name}"`,
    );
    return Math.min(counted?.passed ?? 0, armed[0].failures);
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.#admin.end();
    await this.#stop();
  }
}
