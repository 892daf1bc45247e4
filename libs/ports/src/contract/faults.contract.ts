import { inspect } from "node:util";
import { type Effect, VendorError, type VendorErrorFacts, type VendorFault } from "@tandem/kernel";
import { expect } from "vitest";

/** What goes wrong with one request, in the words of the sandbox's fault scripts. */
export type ContractFault =
  | { readonly do: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly do: "fail-before" | "fail-after"; readonly status?: number }
  | { readonly do: "lose-response" | "reset" | "hang" | "bad-gateway" }
  | { readonly do: "embellish"; readonly except?: readonly string[] }
  | { readonly do: "late"; readonly afterMs: number; readonly answer: "fail" | "hang" }
  | { readonly do: "truncate"; readonly framing?: "broken" | "intact" }
  | { readonly do: "drip"; readonly everyMs: number };

/** The part of the sandbox's control that contract suites use. */
export interface ContractControl {
  setFault(script: {
    readonly vendor: string;
    readonly method?: string;
    readonly path?: string;
    readonly times?: number | null;
    readonly fault: ContractFault;
  }): Promise<string>;
  clearFaults(): Promise<void>;
  revoke(vendor: string, credential: string): Promise<void>;
  restore(vendor: string, credential: string): Promise<void>;
  ledger(filter: { vendor?: string; after?: number }): Promise<readonly { readonly seq: number }[]>;
}

/** What a write must report for a fault, and whether the vendor did it. */
export interface FaultCase {
  readonly name: string;
  readonly fault: ContractFault;
  readonly reported: { readonly fault: VendorFault; readonly effect: Effect; readonly retryAfterMs?: number };
  readonly hasEffect: boolean;
}

const doubtful = { fault: "unavailable", effect: "unknown" } as const;

/** How long after its failure a late write still takes effect here. */
export const LATE_MS = 250;

/** Every fault of a write. `hasEffect` is what is true once everything has settled. */
export const writeFaults: readonly FaultCase[] = [
  { name: "429", fault: { do: "throttle" }, reported: { fault: "throttled", effect: "none" }, hasEffect: false },
  {
    name: "429 with Retry-After",
    fault: { do: "throttle", retryAfterSeconds: 7 },
    reported: { fault: "throttled", effect: "none", retryAfterMs: 7000 },
    hasEffect: false,
  },
  { name: "500 before the effect", fault: { do: "fail-before" }, reported: doubtful, hasEffect: false },
  { name: "500 after the effect", fault: { do: "fail-after" }, reported: doubtful, hasEffect: true },
  { name: "lost response", fault: { do: "lose-response" }, reported: doubtful, hasEffect: true },
  { name: "connection reset", fault: { do: "reset" }, reported: doubtful, hasEffect: false },
  { name: "no answer", fault: { do: "hang" }, reported: doubtful, hasEffect: false },
  {
    name: "late processing",
    fault: { do: "late", afterMs: LATE_MS, answer: "fail" },
    reported: doubtful,
    hasEffect: true,
  },
  { name: "HTML 502", fault: { do: "bad-gateway" }, reported: doubtful, hasEffect: false },
  { name: "truncated body", fault: { do: "truncate" }, reported: doubtful, hasEffect: true },
  { name: "slow-loris", fault: { do: "drip", everyMs: 40 }, reported: doubtful, hasEffect: true },
];

/** The `VendorError` facts of a call that must fail. Fails itself when the call does not, or fails otherwise, or shows a secret. */
export async function failureOf(call: Promise<unknown>, secret: string): Promise<VendorErrorFacts> {
  const error: unknown = await call.then(
    () => new Error("it was expected to fail"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof VendorError)) throw error;
  const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error.stack)].join(
    "\n",
  );
  expect(shown.includes(secret), "the error shows the credential").toBe(false);
  expect(shown.includes(btoa(secret)), "the error shows the credential").toBe(false);
  return error.facts;
}

/** Runs a call and tells how long it took. */
export async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; tookMs: number }> {
  const startedAt = performance.now();
  const result = await work();
  return { result, tookMs: performance.now() - startedAt };
}
