import type { Json, JsonObject } from "@tandem/kernel";
import type { ActiveFault, FaultScript } from "./fault-script.ts";
import type { LedgerRow } from "./ledger.ts";
import type { VendorPace } from "./state.ts";

/** Typed client of the control API, for tests, demo and smoke. Every method throws an Error with the sandbox's message when refused. */
export class SandboxControl {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  ready(): Promise<{ readonly ready: true; readonly origins: Readonly<Record<string, string>> }> {
    return this.#ask("GET", "/ready");
  }

  /** Puts a fault script in force; returns its id. */
  async setFault(script: FaultScript): Promise<string> {
    return (await this.#ask<{ id: string }>("POST", "/faults", script as unknown as Json)).id;
  }

  faults(): Promise<readonly ActiveFault[]> {
    return this.#ask("GET", "/faults");
  }

  /** Lifts one fault, or all. */
  async clearFaults(id?: string): Promise<void> {
    await this.#ask("DELETE", id === undefined ? "/faults" : `/faults/${encodeURIComponent(id)}`);
  }

  setPace(vendor: string, pace: Partial<VendorPace>): Promise<VendorPace> {
    return this.#ask("PUT", `/pace/${encodeURIComponent(vendor)}`, { ...pace });
  }

  /** Changes settings of an emulator (`latency`, `stall` and its own); null takes one back. */
  setSettings(vendor: string, changes: JsonObject): Promise<JsonObject> {
    return this.#ask("PUT", `/settings/${encodeURIComponent(vendor)}`, changes);
  }

  /** Makes the vendor refuse a credential (API key, auth token, access token) as one that was revoked. */
  async revoke(vendor: string, credential: string): Promise<void> {
    await this.#ask("PUT", `/revoked/${encodeURIComponent(vendor)}`, { credential, isRevoked: true });
  }

  async restore(vendor: string, credential: string): Promise<void> {
    await this.#ask("PUT", `/revoked/${encodeURIComponent(vendor)}`, { credential, isRevoked: false });
  }

  /** Does what a person or the outside world would do at the vendor. */
  act<Result = JsonObject>(vendor: string, action: string, input: JsonObject = {}): Promise<Result> {
    return this.#ask("POST", `/actions/${encodeURIComponent(vendor)}/${encodeURIComponent(action)}`, input);
  }

  /** True effects, oldest first. */
  ledger(filter: { vendor?: string; after?: number } = {}): Promise<readonly LedgerRow[]> {
    const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));
    return this.#ask("GET", `/ledger?${query}`);
  }

  async clearLedger(): Promise<void> {
    await this.#ask("DELETE", "/ledger");
  }

  /** Rows of an emulator's collection, lag ignored. */
  rows<Row = JsonObject>(vendor: string, collection: string): Promise<readonly Row[]> {
    return this.#ask("GET", `/tables/${encodeURIComponent(vendor)}/${encodeURIComponent(collection)}`);
  }

  /** Empties everything and plants the seeds again. */
  async reset(): Promise<void> {
    await this.#ask("POST", "/reset");
  }

  async #ask<Result>(method: string, path: string, body?: Json): Promise<Result> {
    const response = await fetch(this.origin + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    const answer = (text === "" ? null : JSON.parse(text)) as { error?: string } | null;
    if (!response.ok) throw new Error(`sandbox ${method} ${path}: ${answer?.error ?? response.status}`);
    return answer as Result;
  }
}
