import type { OpenConnection } from "@tandem/ports/adapter";
import type { EngineContext } from "./context.ts";

/** The connections that one run has opened: each once, all closed at the end. */
export class OpenConnections {
  readonly #context: EngineContext;
  readonly #tenantId: string;
  readonly #opened = new Map<string, Promise<OpenConnection>>();

  constructor(context: EngineContext, tenantId: string) {
    this.#context = context;
    this.#tenantId = tenantId;
  }

  /** Errors as of `Vendors.open`; a failed opening is tried anew the next time. */
  open(connectionId: string): Promise<OpenConnection> {
    const known = this.#opened.get(connectionId);
    if (known !== undefined) return known;
    const opening = this.#context.vendors.open(this.#tenantId, connectionId);
    this.#opened.set(connectionId, opening);
    opening.catch(() => this.#opened.delete(connectionId));
    return opening;
  }

  async close(): Promise<void> {
    if (this.#opened.size === 0) return;
    const opened = await Promise.allSettled(this.#opened.values());
    this.#opened.clear();
    for (const result of opened) if (result.status === "fulfilled") await result.value.close();
  }
}
