import type pg from "pg";
import { readFault } from "./database-error.ts";
import { Packet } from "./packet.ts";
import { type Parameter, prepared, requireRows, type Sql } from "./sql.ts";

const IN_FAILED_TRANSACTION = "25P02";

/**
 * The statements of one transaction on one connection. They run in the order in which they were written, whether or not anybody waits
 * for them; the server refuses everything after the first that fails. Those written before anybody waits leave in one packet.
 */
export class Pipeline implements Sql {
  readonly #client: pg.PoolClient;
  readonly #packet: Packet;
  readonly #sent: Promise<unknown>[] = [];

  constructor(client: pg.PoolClient) {
    this.#client = client;
    this.#packet = new Packet(client);
  }

  async rows<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row[]> {
    return (await this.#prepared(text, parameters)).rows as Row[];
  }

  async row<Row extends object>(text: string, parameters?: readonly Parameter[]): Promise<Row | null> {
    return ((await this.#prepared(text, parameters)).rows[0] as Row | undefined) ?? null;
  }

  async run(text: string, parameters?: readonly Parameter[]): Promise<number> {
    return (await this.#prepared(text, parameters)).rowCount ?? 0;
  }

  send(text: string, parameters?: readonly Parameter[], expectRows?: number): Promise<void> {
    this.#keep(this.#prepared(text, parameters).then(({ rowCount }) => requireRows(rowCount, expectRows)));
    return Promise.resolve();
  }

  /** A statement without parameters that is not kept prepared. */
  sendPlain(text: string): void {
    this.#packet.open();
    this.#keep(this.#client.query(text));
  }

  /** Waits for everything sent; the first failure, or undefined. */
  async failure(): Promise<unknown> {
    const failed = (await Promise.allSettled(this.#sent)).find((each) => each.status === "rejected");
    return failed?.reason;
  }

  /** The failure behind a failure: what was refused only because an earlier statement had failed names that one. */
  async rootOf(error: unknown): Promise<unknown> {
    return readFault(error)?.sqlState === IN_FAILED_TRANSACTION ? ((await this.failure()) ?? error) : error;
  }

  #prepared(text: string, parameters?: readonly Parameter[]): Promise<pg.QueryResult> {
    this.#packet.open();
    return prepared(this.#client, text, parameters);
  }

  #keep(statement: Promise<unknown>): void {
    statement.catch(() => {}); // seen in failure()
    this.#sent.push(statement);
  }
}
