import type pg from "pg";
import { asAppError } from "./database-error.ts";
import { type Parameter, prepared } from "./sql.ts";

interface Waiting {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly answer: (rows: Promise<object[]>) => void;
}

/** How many connections of a pool carry shared reads at once; fewer make larger packets but wait for each other, and with many every read travels alone again (measured). */
const MOST_LANES = 4;
const MOST_PER_LANE = 32;

const lanesOfPool = new WeakMap<pg.Pool, ReadLanes>();

/**
 * One short read as its own transaction, as `singleStatement`. Reads that find the lanes busy leave together with the next free one, in one
 * packet: under load most of a point read's cost is its own send and receive. Not for statements that may wait for a lock.
 */
export async function sharedRead<Row extends object>(
  pool: pg.Pool,
  text: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  let lanes = lanesOfPool.get(pool);
  if (lanes === undefined) lanesOfPool.set(pool, (lanes = new ReadLanes(pool)));
  try {
    return (await lanes.read(text, parameters)) as Row[];
  } catch (error) {
    throw asAppError(error);
  }
}

class ReadLanes {
  readonly #pool: pg.Pool;
  readonly #waiting: Waiting[] = [];
  #open = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  read(text: string, parameters: readonly Parameter[]): Promise<object[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ text, parameters, answer: resolve });
      if (this.#open < MOST_LANES) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#open += 1;
    while (this.#waiting.length > 0) await this.#runBatch();
    this.#open -= 1;
  }

  /** Never rejects: each reader gets its own failure, or that of the connection. */
  async #runBatch(): Promise<void> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      for (const { answer } of this.#waiting.splice(0)) answer(Promise.reject(error));
      return;
    }
    const rows = sendTogether(client, this.#waiting.splice(0, MOST_PER_LANE));
    await Promise.allSettled(rows);
    client.release();
  }
}

/** Each statement is its own transaction: what one sets or breaks ends with it. */
function sendTogether(client: pg.PoolClient, batch: readonly Waiting[]): Promise<object[]>[] {
  const { stream } = (client as unknown as { connection: { stream: { cork(): void; uncork(): void } } }).connection;
  stream.cork();
  try {
    return batch.map(({ text, parameters, answer }) => {
      const rows = prepared(client, text, parameters).then((result) => result.rows as object[]);
      answer(rows);
      return rows;
    });
  } finally {
    stream.uncork();
  }
}
