// The database roles of Tandem. They belong to the whole server and not to a database, so they are made here, before
// migrations, and never by a migration: shadow and template databases then find them already there.

/** Roles that hold rights and cannot log in; migrations grant to these and write policies for them. */
export const RIGHTS_ROLES = [
  "tandem_app",
  "tandem_sweeper",
  "tandem_retention",
  "tandem_media",
  "tandem_platform",
  "tandem_fleet",
  "tandem_eraser",
  "tandem_access",
  "tandem_overview",
];

/** Who logs in as what. `inherits` is always in force; `mayBecome` only after an explicit SET ROLE. */
export const LOGIN_ROLES = {
  api: {
    name: "tandem_api",
    inherits: ["tandem_app"],
    mayBecome: ["tandem_platform", "tandem_fleet", "tandem_access", "tandem_overview"],
  },
  worker: {
    name: "tandem_worker",
    inherits: ["tandem_app"],
    mayBecome: ["tandem_sweeper", "tandem_retention", "tandem_fleet", "tandem_eraser"],
  },
  media: { name: "tandem_media_node", inherits: ["tandem_media"], mayBecome: [] },
};

const FIRST_VERSION_WITH_SET_OPTION = 160_000;
const HARMLESS = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE";

/**
 * Creates what is missing and sets the memberships; safe to repeat.
 * @param {import("pg").Client} client connected as a role that may create roles
 * @param {Partial<Record<keyof typeof LOGIN_ROLES, string>>} [passwords] for the login roles; one without is left as it is
 */
export async function bootstrapRoles(client, passwords = {}) {
  await requireVersion(client);
  for (const name of RIGHTS_ROLES) await createRole(client, name, "NOLOGIN");
  for (const [app, { name, inherits, mayBecome }] of Object.entries(LOGIN_ROLES)) {
    await createRole(client, name, "LOGIN");
    for (const role of inherits) await client.query(`GRANT ${role} TO ${name} WITH INHERIT TRUE, SET FALSE`);
    for (const role of mayBecome) await client.query(`GRANT ${role} TO ${name} WITH INHERIT FALSE, SET TRUE`);
    if (passwords[app]) await client.query(`ALTER ROLE ${name} PASSWORD ${client.escapeLiteral(passwords[app])}`);
  }
}

async function requireVersion(client) {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS number, version() AS text");
  if (rows[0].number < FIRST_VERSION_WITH_SET_OPTION) {
    throw new Error(`PostgreSQL 16 or newer is needed; this server is ${rows[0].text}.`);
  }
}

async function createRole(client, name, login) {
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
  if (rowCount > 0) return;
  try {
    await client.query(`CREATE ROLE ${name} ${login} ${HARMLESS}`);
  } catch (error) {
    const madeMeanwhile = error.code === "42710" || error.code === "23505";
    if (madeMeanwhile) return;
    if (error.code !== "42501") throw error;
    throw new Error(
      `The database owner may not create the role ${name}. Fix: as an administrator run ` +
        `\`CREATE ROLE ${name} ${login} ${HARMLESS};\` (see tools/database-roles.mjs for all of them and their memberships), ` +
        "or give the owner CREATEROLE.",
      { cause: error },
    );
  }
}
