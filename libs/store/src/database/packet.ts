import type pg from "pg";

type Connected = { readonly connection: { readonly stream: { cork(): void; uncork(): void } } };

/** What is written to a connection until the program waits for something leaves together: a send and a wake-up per round trip, not per statement. */
export class Packet {
  readonly #client: pg.PoolClient;
  #isOpen = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Holds back what is written from here on; it leaves by itself when the present run of the program has nothing left to do. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { stream } = (this.#client as unknown as Connected).connection;
    stream.cork();
    process.nextTick(() => {
      this.#isOpen = false;
      stream.uncork();
    });
  }
}
