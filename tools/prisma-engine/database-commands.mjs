// What the native engine does with a whole database, before or without a schema.
import { openClient, withDatabase } from "./connection.mjs";

const MISSING_DATABASE = "3D000";
const DATABASE_EXISTS = "42P04";
const BAD_LOGIN = ["28P01", "28000"];

const nameOf = (url) => decodeURIComponent(new URL(url).pathname.slice(1)) || "postgres";

async function execute(url, statement) {
  const { client } = await openClient(url);
  try {
    await client.query(statement(client));
  } finally {
    await client.end();
  }
}

/** Creates the database which the URL names; one that exists already is fine. */
export async function createDatabase(url) {
  const create = (client) => `CREATE DATABASE ${client.escapeIdentifier(nameOf(url))}`;
  await execute(withDatabase(url, "postgres"), create).catch((error) => {
    if (error.code !== DATABASE_EXISTS) throw error;
  });
  return { databaseName: nameOf(url) };
}

const COMMANDS = {
  "can-connect-to-database": (url) => execute(url, () => "SELECT 1"),
  "create-database": createDatabase,
  "drop-database": (url) =>
    execute(
      withDatabase(url, "postgres"),
      (client) => `DROP DATABASE IF EXISTS ${client.escapeIdentifier(nameOf(url))} WITH (FORCE)`,
    ),
};

/** Runs one `cli` sub-command. Resolves to undefined, or to the failure as Prisma's code and message. */
export async function runDatabaseCommand(name, url) {
  if (!COMMANDS[name]) return { code: "P1012", message: `Unknown database command ${name}` };
  try {
    await COMMANDS[name](url);
    return undefined;
  } catch (error) {
    return toPrismaFailure(url, error);
  }
}

function toPrismaFailure(url, error) {
  const { hostname, port } = new URL(url);
  if (error.code === MISSING_DATABASE) return { code: "P1003", message: `Database \`${nameOf(url)}\` does not exist` };
  if (BAD_LOGIN.includes(error.code)) {
    return { code: "P1000", message: `Authentication failed against the database server at \`${hostname}\`` };
  }
  return {
    code: "P1001",
    message: `Can't reach database server at \`${hostname}:${port || 5432}\`: ${error.message || error.code}`,
  };
}
