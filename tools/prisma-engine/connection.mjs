// How the WASM schema engine reaches PostgreSQL. Prisma's own adapter refuses catalog columns of type "char" and name
// (prisma/orm#27403), which the engine reads; this one maps them. It keeps one connection, because the engine holds
// advisory locks, and sends migration scripts whole, because function bodies contain semicolons.
import { randomUUID } from "node:crypto";
import { ColumnTypeEnum, DriverAdapterError } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { parse as parseArray } from "postgres-array";

const ADAPTER = { provider: "postgres", adapterName: "@prisma/adapter-pg" }; // the engine accepts only official names
const ENGINE_PARAMETERS = ["schema", "connection_limit", "pool_timeout", "pgbouncer"]; // of the URL; unknown to the server
const C = ColumnTypeEnum;

/** PostgreSQL type number → the engine's column type; everything else is text. */
const COLUMN_TYPES = new Map([
  [16, C.Boolean],
  [18, C.Character],
  [20, C.Int64],
  [21, C.Int32],
  [23, C.Int32],
  [26, C.Int64],
  [114, C.Json],
  [3802, C.Json],
  [700, C.Double],
  [701, C.Double],
  [1700, C.Numeric],
  [1114, C.DateTime],
  [1184, C.DateTime],
  [1002, C.CharacterArray],
  [1003, C.TextArray],
  [1009, C.TextArray],
  [1015, C.TextArray],
  [1005, C.Int32Array],
  [1007, C.Int32Array],
  [1016, C.Int64Array],
  [1028, C.Int64Array],
]);

const DECODERS = new Map([
  [C.Boolean, (text) => text === "t"],
  [C.Int32, Number],
  [C.Double, Number],
  [C.DateTime, toIsoTime],
  [C.Int32Array, (text) => parseArray(text).map((item) => (item === null ? null : Number(item)))],
  [C.Int64Array, (text) => parseArray(text)],
  [C.CharacterArray, (text) => parseArray(text)],
  [C.TextArray, (text) => parseArray(text)],
]);

function toIsoTime(text) {
  const withZone = /[+-]\d\d$/.test(text) ? `${text}:00` : /[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`;
  return new Date(withZone).toISOString();
}

/** The same server, another database. */
export function withDatabase(url, name) {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.toString();
}

/** A connected client for a Prisma URL, and the schema which that URL names. */
export async function openClient(url) {
  const address = new URL(url);
  const schema = address.searchParams.get("schema") ?? "public";
  for (const name of ENGINE_PARAMETERS) address.searchParams.delete(name);
  const client = new pg.Client({ connectionString: address.toString() });
  client.on("error", () => {}); // a lost connection also fails the query that is under way, and that is reported
  await client.connect();
  if (schema !== "public") await client.query(`SET search_path TO ${client.escapeIdentifier(schema)}`);
  return { client, schema };
}

class EngineConnection {
  provider = ADAPTER.provider;
  adapterName = ADAPTER.adapterName;

  constructor({ client, schema }, onDispose) {
    this.client = client;
    this.schema = schema;
    this.onDispose = onDispose;
  }

  async queryRaw({ sql, args = [] }) {
    const types = { getTypeParser: () => (text) => text };
    const { fields, rows } = await this.#asEngineError(() =>
      this.client.query({ text: sql, values: args, rowMode: "array", types }),
    );
    const columnTypes = fields.map((field) => COLUMN_TYPES.get(field.dataTypeID) ?? C.Text);
    const decoders = columnTypes.map((type) => DECODERS.get(type) ?? String);
    return {
      columnNames: fields.map((field) => field.name),
      columnTypes,
      rows: rows.map((row) => row.map((value, at) => (value === null ? null : decoders[at](value)))),
    };
  }

  async executeRaw({ sql, args = [] }) {
    const { rowCount } = await this.#asEngineError(() => this.client.query(sql, args));
    return rowCount ?? 0;
  }

  async executeScript(script) {
    await this.#asEngineError(() => this.client.query(script));
  }

  async startTransaction() {
    await this.executeScript("BEGIN");
    return {
      provider: this.provider,
      adapterName: this.adapterName,
      options: { usePhantomQuery: true },
      queryRaw: (query) => this.queryRaw(query),
      executeRaw: (query) => this.executeRaw(query),
      commit: () => this.executeScript("COMMIT"),
      rollback: () => this.executeScript("ROLLBACK"),
    };
  }

  getConnectionInfo() {
    return { schemaName: this.schema, supportsRelationJoins: true };
  }

  async dispose() {
    if (!this.client) return;
    const { client } = this;
    this.client = undefined;
    await client.end();
    await this.onDispose?.();
  }

  async #asEngineError(work) {
    try {
      return await work();
    } catch (error) {
      if (!error.code || !error.severity) throw error;
      const { code, message, severity, detail, column, hint } = error;
      throw new DriverAdapterError({
        kind: "postgres",
        originalCode: code,
        originalMessage: message,
        code,
        severity,
        message,
        detail,
        column,
        hint,
      });
    }
  }
}

/** The factory the engine asks for connections, and `closeAll` for what it leaves open. */
export function createConnectionFactory(datasource) {
  const open = new Set();
  const track = (connection) => {
    open.add(connection);
    return connection;
  };
  return {
    factory: {
      ...ADAPTER,
      connect: async () => track(new EngineConnection(await openClient(datasource.url))),
      async connectToShadowDb() {
        if (datasource.shadowDatabaseUrl)
          return track(new EngineConnection(await openClient(datasource.shadowDatabaseUrl)));
        const name = `prisma_migrate_shadow_db_${randomUUID()}`;
        const { client } = await openClient(datasource.url);
        await client.query(`CREATE DATABASE "${name}"`);
        return track(
          new EngineConnection(await openClient(withDatabase(datasource.url, name)), async () => {
            await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
            await client.end();
          }),
        );
      },
    },
    async closeAll() {
      const connections = [...open];
      open.clear();
      await Promise.allSettled(connections.map((connection) => connection.dispose()));
    },
  };
}
