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
  /** The body is written as it comes into being (server-sent events); `body` is null then. */
  readonly stream?: (outgoing: SandboxOutgoing) => void;
}

/** The body of an answer in progress. Writing after the client has gone does nothing. */
export interface SandboxOutgoing {
  write(text: string): void;
  end(): void;
  /** Drops the connection in mid-answer. */
  destroy(): void;
  /** The client went away before the end. */
  onAbort: () => void;
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
  /** Opens a WebSocket to a customer's server, as the vendor does (a media stream, a custom LLM). Rejects when it does not open. */
  dial(url: string, options?: { readonly headers?: Readonly<Record<string, string>> }): Promise<DialledSocket>;
  /** Latencies and other settings of this emulator by name, set through the control API (`PUT /settings/<vendor>`); undefined when not set. */
  setting(name: string): import("@tandem/kernel").Json | undefined;
  /** Runs an action of another emulator of the same host (a carrier's leg arriving at a hosted agent). Rejects when it has no such action. */
  act(vendor: string, action: string, input: JsonObject): Promise<JsonObject>;
}

/** A WebSocket that an emulator opened to a customer's server. */
export interface DialledSocket {
  onText: (text: string) => void;
  onBinary: (bytes: Uint8Array) => void;
  onClose: (code: number) => void;
  sendText(text: string): void;
  close(code?: number): void;
}

/** A WebSocket that a client opened to an emulator. Callbacks are set before the opener returns. */
export interface SandboxSocket {
  /** The request that opened it: path, query, headers. */
  readonly request: SandboxRequest;
  onText: (text: string) => void;
  onBinary: (bytes: Uint8Array) => void;
  onClose: (code: number) => void;
  sendText(text: string): void;
  sendBinary(bytes: Uint8Array): void;
  /** Closes with a code; 1006 drops the connection without a closing frame. */
  close(code: number, reason?: string): void;
  /** What was scripted for this connection: see `SocketFault`. */
  readonly faults: SocketFaults;
}

/** What the script does to the emulator's side of one connection, besides refusing it. */
export interface SocketFaults {
  /** The next first useful output of a unit of work (an utterance, a segment) comes this much later, milliseconds: drawn anew each time. */
  latencyMs(): number;
  /** True: connected but silent from now on (nothing more is sent); asked before each output. */
  isStalled(): boolean;
}

/** One vendor's wire protocol. The host owns sockets, fault scripts, the ledger's storage and the control API. */
export interface SandboxVendor {
  readonly name: string;
  handle(request: SandboxRequest, world: SandboxWorld): SandboxResponse | Promise<SandboxResponse>;
  /** Objects that exist before anybody writes: the demo account with its number, agent quota, calendar, portal. Idempotent. */
  seed(world: SandboxWorld): void;
  /**
   * A client opens a WebSocket on the vendor's port. Refuse with a status instead of opening (429, 401 …) by returning a response.
   * Absent: every upgrade is refused with 404.
   */
  open?(socket: SandboxSocket, world: SandboxWorld): SandboxResponse | null;
  /** The vendor's own error body for a status that the host injects as a fault (429, 500 …). Absent: a plain JSON error. */
  failure?(status: number): SandboxResponse;
  /** What a person could do in the vendor's dashboard or what the outside world does: edit an object, place a call, end a call, speak a tool request. Name → action; input and result are JSON. */
  readonly actions: Readonly<Record<string, (input: JsonObject, world: SandboxWorld) => Promise<JsonObject>>>;
}
