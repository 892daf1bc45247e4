import type { Serializable } from "node:child_process";
import { AppError, VendorError, type VendorErrorFacts } from "@tandem/kernel";

/** What one side can be asked; answers and arguments travel as structured clones. */
// oxlint-disable-next-line typescript/no-explicit-any -- each answerer knows its own arguments
export type Answerers = Readonly<Record<string, (...args: any[]) => unknown>>;

/** An error as it travels. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly facts: VendorErrorFacts | null;
}

type Sent =
  | { readonly ask: number; readonly what: string; readonly args: readonly unknown[] }
  | { readonly answer: number; readonly value?: unknown; readonly error?: SentError };

/** One end of a channel between two processes: the `process` of a child, or the child of a parent. */
export interface Channel {
  send?: ((message: Serializable, callback: (error: Error | null) => void) => boolean) | undefined;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

/** The other process ended before it answered. */
export class PeerGone extends Error {
  override readonly name = "PeerGone";
}

/** Questions and answers over a channel, in both directions at once. */
export class Conversation {
  readonly #channel: Channel;
  readonly #open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #next = 1;
  #isOver = false;

  constructor(channel: Channel, answerers: Answerers) {
    this.#channel = channel;
    channel.on("message", (message) => void this.#take(message as Sent, answerers));
  }

  /** Rejects with what the other side threw, or `PeerGone`. */
  ask<Answer>(what: string, ...args: readonly unknown[]): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const ask = this.#next++;
    this.#open.set(ask, { resolve, reject });
    if (this.#isOver) this.close();
    else this.#send({ ask, what, args });
    return promise as Promise<Answer>;
  }

  /** Ends every question that is open: nobody will answer it. */
  close(): void {
    this.#isOver = true;
    for (const { reject } of this.#open.values()) reject(new PeerGone("the other process is gone"));
    this.#open.clear();
  }

  #send(message: Sent): void {
    this.#channel.send?.(message, (error) => {
      if (error !== null) this.close();
    });
  }

  async #take(message: Sent, answerers: Answerers): Promise<void> {
    if ("answer" in message) {
      const asked = this.#open.get(message.answer);
      this.#open.delete(message.answer);
      if (message.error === undefined) asked?.resolve(message.value);
      else asked?.reject(errorFrom(message.error));
      return;
    }
    const { ask, what, args } = message;
    try {
      const answerer = answerers[what];
      if (answerer === undefined) throw new Error(`nobody answers ${what}`);
      this.#send({ answer: ask, value: await answerer(...args) });
    } catch (error) {
      this.#send({ answer: ask, error: errorOf(error) });
    }
  }
}

const errorOf = (error: unknown): SentError => ({
  name: error instanceof Error ? error.name : "Error",
  message: error instanceof Error ? error.message : String(error),
  code: error instanceof AppError ? error.code : null,
  facts: error instanceof VendorError ? error.facts : null,
});

function errorFrom({ name, message, code, facts }: SentError): Error {
  if (facts !== null) return new VendorError(message, facts);
  if (code !== null) return new AppError(code as AppError["code"], message);
  return Object.assign(new Error(message), { name });
}
