/** A connection that can be told to give way. */
export interface UnstartedConnection {
  evict(): void;
}

/** Connections without a valid start: beyond it the oldest gives way, as an honest one starts at once. */
const MOST_UNSTARTED = 1000;
const MOST_OF_ADDRESS = 256;
/** What an address that keeps being refused may still have open at a time. */
const MOST_OF_SUSPECT = 8;

/** Connections that have not yet shown a good ticket, by address: strangers may hold little, and not for long. */
export class Unstarted {
  readonly #addressOf = new Map<UnstartedConnection, string>();
  readonly #ofAddress = new Map<string, number>();

  /** True when an address may open one more. */
  hasRoom(address: string, isSuspect: boolean): boolean {
    return (this.#ofAddress.get(address) ?? 0) < (isSuspect ? MOST_OF_SUSPECT : MOST_OF_ADDRESS);
  }

  add(connection: UnstartedConnection, address: string): void {
    this.#addressOf.set(connection, address);
    this.#ofAddress.set(address, (this.#ofAddress.get(address) ?? 0) + 1);
    if (this.#addressOf.size > MOST_UNSTARTED) this.#addressOf.keys().next().value?.evict();
  }

  remove(connection: UnstartedConnection): void {
    const address = this.#addressOf.get(connection);
    if (address === undefined) return;
    this.#addressOf.delete(connection);
    const left = (this.#ofAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, left);
  }
}
