// The database of `npm start`: the embedded server, or the one that DATABASE_URL names.
import { join } from "node:path";
import pg from "pg";
import { startPostgres } from "../embedded-postgres.mjs";
import { LOGIN_ROLES } from "../database-roles.mjs";
import { prepareDatabase } from "../prepare-database.mjs";
import { dataFolder } from "./settings.mjs";

const NAME = "tandem";
const OWNER = "tandem_owner";

/**
 * @returns {Promise<{ownerUrl: string, appUrls: Record<string, Record<string, string>>, applied: string[], where: string, stop: () => Promise<void>}>}
 *   `appUrls` holds the database variables of each app.
 */
export async function openDatabase(secrets, onUnexpectedEnd, environment = process.env) {
  const passwords = Object.fromEntries(
    Object.keys(LOGIN_ROLES).map((app) => [app, secrets[`TANDEM_DATABASE_PASSWORD_${app.toUpperCase()}`]]),
  );
  if (environment.DATABASE_URL) return useServer(environment, passwords);
  const wanted = environment.TANDEM_POSTGRES_PORT;
  const server = await startPostgres({
    dataDir: join(dataFolder(), "postgres"),
    onUnexpectedEnd,
    ...(wanted && { port: Number(wanted), portVariable: "TANDEM_POSTGRES_PORT" }),
  });
  try {
    await createOwnedDatabase(`${server.url}/postgres`);
    const ownerUrl = `${server.url.replace("postgres@", `${OWNER}@`)}/${NAME}`;
    const applied = await prepareDatabase({ ownerUrl, queueInPostgres: !environment.REDIS_URL, passwords });
    const where = `embedded, port ${server.port}${server.adopted ? ", was still running" : ""}`;
    return { ownerUrl, appUrls: urlsOf(ownerUrl, passwords, environment), applied, where, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The owner is no superuser, so that row security binds it here as it does in production. */
async function createOwnedDatabase(superuserUrl) {
  const admin = new pg.Client({ connectionString: superuserUrl });
  await admin.connect();
  try {
    const { rowCount: hasOwner } = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [OWNER]);
    if (!hasOwner) await admin.query(`CREATE ROLE ${OWNER} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE`);
    const { rowCount: hasDatabase } = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [NAME]);
    if (!hasDatabase) await admin.query(`CREATE DATABASE ${NAME} OWNER ${OWNER}`);
  } finally {
    await admin.end();
  }
}

async function useServer(environment, passwords) {
  const ownerUrl = environment.TANDEM_DATABASE_OWNER_URL || environment.DATABASE_URL;
  const { hostname, port, pathname } = new URL(ownerUrl);
  const where = `${hostname}:${port || 5432}${pathname}`;
  try {
    const applied = await prepareDatabase({ ownerUrl, queueInPostgres: !environment.REDIS_URL, passwords });
    const appUrls = urlsOf(environment.DATABASE_URL, passwords, environment);
    return { ownerUrl, appUrls, applied, where, stop: async () => {} };
  } catch (error) {
    if (error.code === "3D000")
      throw new Error(`The database ${where} does not exist. Fix: create it, owned by the role in the URL.`, {
        cause: error,
      });
    const unreachable = ["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "28P01", "28000"].includes(error.code);
    if (unreachable)
      throw new Error(
        `Cannot log in to PostgreSQL at ${where}: ${error.message || error.code}. Fix: check DATABASE_URL, or unset it to use the embedded server.`,
        { cause: error },
      );
    throw error;
  }
}

/** Each app's own login on the same server; TANDEM_<APP>_DATABASE_URL wins over the derived one. */
function urlsOf(serverUrl, passwords, environment) {
  const loginAt = (url, app) => {
    const login = new URL(url);
    [login.username, login.password] = [LOGIN_ROLES[app].name, passwords[app]];
    return login.toString();
  };
  const apps = Object.keys(LOGIN_ROLES).map((app) => {
    const own = environment[`TANDEM_${app.toUpperCase()}_DATABASE_URL`];
    const direct = environment.TANDEM_DIRECT_DATABASE_URL;
    return [
      app,
      {
        DATABASE_URL: own || loginAt(serverUrl, app),
        ...(direct && { TANDEM_DIRECT_DATABASE_URL: loginAt(direct, app) }),
      },
    ];
  });
  return Object.fromEntries(apps);
}
