import type { Json, JsonObject } from "@tandem/kernel";

/** One HTTP request as a vendor's emulator sees it. */
export interface SandboxRequest {
  readonly method: string;
  /** Decoded nowhere: the path as sent, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The vendor host the client meant (`api.twilio.com`), from `x-original-host`; empty when not sent. */
  readonly originalHost: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON value, or text when `contentType` says so; null for an empty body. */
  readonly body: Json | null;
  readonly contentType?: string;
}

/** A true effect at the vendor: what the ledger keeps and proofs compare. */
export interface LedgerEntry {
  readonly vendor: string;
  /** `create`, `update`, `publish`, `delete`, `call-placed` … */
  readonly effect: string;
  readonly kind: string;
  readonly objectId: string;
  /** What a test may compare: our key, name, changed fields. Never a credential. */
  readonly facts: JsonObject;
  /** Account the effect happened in. */
  readonly account: string;
}

/** A persistent table of the emulator. Writes survive a restart of every other process and of the sandbox itself. */
export interface SandboxCollection<Row extends JsonObject> {
  get(id: string): Row | undefined;
  put(id: string, row: Row): void;
  remove(id: string): boolean;
  /** In insertion order; rows younger than the scripted list lag are left out when `forListing`. */
  all(options?: { forListing?: boolean }): readonly Row[];
}

/** What the host gives an emulator. */
export interface SandboxWorld {
  collection<Row extends JsonObject>(name: string): SandboxCollection<Row>;
  record(entry: Omit<LedgerEntry, "vendor">): void;
  now(): number;
  /** A fresh id: `prefix` + hex digits up to `length` characters in all. */
  newId(prefix: string, length: number): string;
  /** True when the script has revoked this credential. */
  isRevoked(credential: string): boolean;
  /** Base URL (origin) of another emulator of the same host, e.g. to dial a hosted agent. */
  originOf(vendor: string): string;
  /** Runs an action of another emulator of the same host (a carrier's leg arriving at a hosted agent). Rejects when it has no such action. */
  act(vendor: string, action: string, input: JsonObject): Promise<JsonObject>;
}

/** One vendor's wire protocol. The host owns sockets, fault scripts, the ledger's storage and the control API. */
export interface SandboxVendor {
  readonly name: string;
  handle(request: SandboxRequest, world: SandboxWorld): SandboxResponse | Promise<SandboxResponse>;
  /** Objects that exist before anybody writes: the demo account with its number, agent quota, calendar, portal. Idempotent. */
  seed(world: SandboxWorld): void;
  /** The vendor's own error body for a status that the host injects as a fault (429, 500 …). Absent: a plain JSON error. */
  failure?(status: number): SandboxResponse;
  /** What a person could do in the vendor's dashboard or what the outside world does: edit an object, place a call, end a call, speak a tool request. Name → action; input and result are JSON. */
  readonly actions: Readonly<Record<string, (input: JsonObject, world: SandboxWorld) => Promise<JsonObject>>>;
}
