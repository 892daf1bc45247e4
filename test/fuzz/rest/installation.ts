import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSigningKeys } from "@tandem/secrets";
import pg from "pg";
import { type RunningApi, runApi } from "../../../apps/api/src/testing/running-api.ts";
import { findFreePort, startPostgres } from "../../../tools/embedded-postgres.mjs";
import { prepareDatabase } from "../../../tools/prepare-database.mjs";

const NAME = "tandem";

/** The API over a PostgreSQL of its own, which goes away with it. */
export interface Installation {
  readonly api: RunningApi;
  stop(): Promise<void>;
}

/** Starts both; budgets per key are as wide as they go, so that refusals are about requests. */
export async function install(): Promise<Installation> {
  const dataDir = join(tmpdir(), `tandem-fuzz-${randomUUID()}`);
  const port = (await findFreePort(18_000 + (process.pid % 6_000))) as number;
  const server = await startPostgres({ dataDir, port, throwAway: true });
  const url = (role: string, database = NAME) => `${server.url.replace("postgres@", `${role}@`)}/${database}`;
  const first = new pg.Client({ connectionString: url("postgres", "postgres") });
  await first.connect();
  await first.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
  await first.query(`CREATE DATABASE ${NAME} OWNER tandem_owner`);
  await first.end();
  await prepareDatabase({ ownerUrl: url("tandem_owner"), queueInPostgres: true });
  const api = await runApi(url("tandem_api"), {
    TANDEM_REQUESTS_PER_MINUTE: "1000000",
    TANDEM_AUDIT_PUBLIC_KEY: makeSigningKeys().publicJwk,
    TANDEM_PROOF_KEY: makeSigningKeys().privateJwk,
  });
  return {
    api,
    stop: async () => {
      await api.close();
      await server.stop();
    },
  };
}
