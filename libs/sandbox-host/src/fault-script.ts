import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";

/**
 * What the host does to a request instead of answering it as the vendor would.
 * `throttle` 429, nothing done · `fail-before` error status, nothing done · `fail-after` done, then an error status ·
 * `lose-response` done, then the socket dies · `reset` the socket dies, nothing done · `hang` no answer ever, nothing done ·
 * `late` done `afterMs` later, answered at once with an error or never · `truncate` done, half of the body, then the socket dies
 * (`framing: intact` ends the half body properly) · `drip` done, one byte each `everyMs` (slow-loris) ·
 * `bad-gateway` an HTML 502, nothing done · `delay` done and answered after `ms` · `embellish` done, and the answer shows members that no
 * client knows, in another order.
 *
 * WebSockets (method `WS`) are refused by `throttle`, `fail-before`, `reset` and `hang`, delayed by `delay`, and on an open one:
 * `stall` connected but silent from `afterMs` on · `close` closed with `code` (1006 drops it) after `afterMs` · `slow` each first useful
 * output `ms` later (a number, or `{p50, p95}`).
 */
export type Fault =
  | { readonly do: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly do: "fail-before"; readonly status?: number }
  | { readonly do: "fail-after"; readonly status?: number }
  | { readonly do: "lose-response" }
  | { readonly do: "reset" }
  | { readonly do: "hang" }
  | { readonly do: "late"; readonly afterMs: number; readonly answer: "fail" | "hang" }
  | { readonly do: "truncate"; readonly framing?: "broken" | "intact" }
  | { readonly do: "drip"; readonly everyMs: number }
  | { readonly do: "bad-gateway" }
  | { readonly do: "delay"; readonly ms: number }
  | { readonly do: "embellish"; readonly except?: readonly string[] }
  | { readonly do: "stall"; readonly afterMs?: number }
  | { readonly do: "close"; readonly afterMs: number; readonly code?: number }
  | { readonly do: "slow"; readonly ms: number | { readonly p50: number; readonly p95: number } };

/** One scripted fault: which requests it meets and how often. */
export interface FaultScript {
  readonly vendor: string;
  /** HTTP method, upper case, or `WS` for WebSockets; absent for any. */
  readonly method?: string;
  /** Regular expression that the path (without query) must match; absent for any. */
  readonly path?: string;
  /** Matching requests let through first; default 0. */
  readonly skip?: number;
  /** Requests it strikes before it is used up; null for ever; default 1. */
  readonly times?: number | null;
  /** Chance that a matching request is struck, 0–1; default 1. */
  readonly probability?: number;
  readonly fault: Fault;
}

/** A script in force, with what is left of it. */
export interface ActiveFault extends FaultScript {
  readonly id: string;
  readonly struck: number;
  readonly skipped: number;
}

const KINDS: Readonly<Record<Fault["do"], readonly string[]>> = {
  throttle: [],
  "fail-before": [],
  "fail-after": [],
  "lose-response": [],
  reset: [],
  hang: [],
  late: ["afterMs", "answer"],
  truncate: [],
  drip: ["everyMs"],
  "bad-gateway": [],
  delay: ["ms"],
  embellish: [],
  stall: [],
  close: ["afterMs"],
  slow: ["ms"],
};

/** Reads a script sent to the control API. Throws a TypeError that says what is wrong. */
export function parseFaultScript(input: Json): FaultScript {
  if (!isJsonObject(input) || typeof input["vendor"] !== "string") throw new TypeError("a fault needs a vendor");
  const fault = input["fault"];
  if (!isJsonObject(fault)) throw new TypeError("`fault` must be an object with `do`");
  requireKnownFault(fault);
  if (typeof input["path"] === "string") new RegExp(input["path"]);
  return input as unknown as FaultScript;
}

function requireKnownFault(fault: JsonObject): void {
  const needed = KINDS[fault["do"] as Fault["do"]];
  if (needed === undefined) throw new TypeError(`unknown fault; known: ${Object.keys(KINDS).join(", ")}`);
  const missing = needed.filter((member) => fault[member] === undefined);
  if (missing.length > 0) throw new TypeError(`fault ${String(fault["do"])} needs ${missing.join(", ")}`);
}

/** The scripts in force, oldest first; the first that matches a request and is not used up strikes it. */
export class FaultScripts {
  readonly #scripts = new Map<string, { script: FaultScript; struck: number; skipped: number }>();
  readonly #random: () => number;
  #nextId = 1;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(script: FaultScript): string {
    const id = `fault-${this.#nextId++}`;
    this.#scripts.set(id, { script, struck: 0, skipped: 0 });
    return id;
  }

  remove(id: string): boolean {
    return this.#scripts.delete(id);
  }

  clear(): void {
    this.#scripts.clear();
  }

  list(): readonly ActiveFault[] {
    return [...this.#scripts].map(([id, { script, struck, skipped }]) => ({ ...script, id, struck, skipped }));
  }

  /** The fault that this request meets, or null. Counts it. */
  strike(vendor: string, method: string, path: string): Fault | null {
    for (const entry of this.#scripts.values()) {
      if (!meets(entry.script, vendor, method, path) || isUsedUp(entry)) continue;
      if (entry.skipped < (entry.script.skip ?? 0)) {
        entry.skipped += 1;
        continue;
      }
      if (this.#random() >= (entry.script.probability ?? 1)) continue;
      entry.struck += 1;
      return entry.script.fault;
    }
    return null;
  }
}

const isUsedUp = ({ script, struck }: { script: FaultScript; struck: number }): boolean =>
  script.times !== null && struck >= (script.times ?? 1);

function meets(script: FaultScript, vendor: string, method: string, path: string): boolean {
  if (script.vendor !== vendor) return false;
  if (script.method !== undefined && script.method !== method) return false;
  return script.path === undefined || new RegExp(script.path).test(path);
}
