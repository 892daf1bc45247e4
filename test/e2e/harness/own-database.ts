import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPostgres } from "../../../tools/embedded-postgres.mjs";
import { prepareDatabase } from "../../../tools/prepare-database.mjs";
import type { Databases } from "./installation.ts";
import { claimPort } from "./ports.ts";

const NAME = "tandem";

/** A server of one test's own, which it may stop and start again on the same port with the same data. */
export interface OwnDatabase {
  readonly databases: Databases;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function ownDatabase(): Promise<OwnDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-e2e-postgres-"));
  const dataDir = join(folder, "data");
  const port = await claimPort();
  const settings = { synchronous_commit: "off", fsync: "off" };
  let server = await startPostgres({ dataDir, port, settings });
  const urlOf = (role: string, database = NAME): string => `${server.url.replace("postgres@", `${role}@`)}/${database}`;
  const admin = new pg.Client({ connectionString: urlOf("postgres", "postgres") });
  await admin.connect();
  await admin.query("CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE");
  await admin.query(`CREATE DATABASE ${NAME} OWNER tandem_owner`);
  await admin.end();
  await prepareDatabase({ ownerUrl: urlOf("tandem_owner"), queueInPostgres: true });
  return {
    databases: {
      appUrl: urlOf("tandem_api"),
      workerUrl: urlOf("tandem_worker"),
      mediaUrl: urlOf("tandem_media_node"),
      superuserUrl: urlOf("postgres"),
    },
    stop: () => server.stop(),
    start: async () => void (server = await startPostgres({ dataDir, port, settings })),
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
