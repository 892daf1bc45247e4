import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { VendorError } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { NumberRouting } from "@tandem/ports/telephony";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import {
  type FaultRates,
  hostileFaults,
  memoryVendors,
  noFaults,
  SeededRng,
  STORED_ROUTING,
  VendorWorld,
} from "@tandem/testkit";
import type { VendorCall } from "./remote-vendors.ts";
import { LATEST_MS } from "./settings.ts";

/** A request for a write as the vendor received it, whatever became of it. */
export type ReceivedWrite =
  | { readonly verb: OperationVerb; readonly target: WriteTarget }
  | { readonly verb: "route"; readonly expected: NumberRouting; readonly next: NumberRouting };

/** Vendors that throttle, lose answers and are late, a tenth as slow as in the simulator so that a schedule takes real seconds. */
const HOSTILE: FaultRates = {
  ...hostileFaults,
  throttled: 0.01,
  errorAfterEffect: 0.03,
  lostResponse: 0.03,
  late: 0.03,
  dropped: 0.01,
  slow: 0.01,
  truncated: 0,
  partial: 0.01,
  listLagMs: 100,
};
const SLOW_DOWN = 0.1;

/** A call that the vendor has received. */
interface Underway {
  readonly sentMs: number;
  isLost: boolean;
  /** What the vendor is to do: after how long, and a promise that is kept once it has come to it. */
  due: { readonly delayMs: number; readonly met: Promise<void> } | null;
}

const neverProcessed = (operation: string): VendorError =>
  new VendorError("no answer in time", { vendor: "memory", operation, fault: "unavailable", effect: "unknown" });

/** What all vendors of one tenant really hold and were really told. Lives outside every worker process. */
export class GroundTruth {
  readonly world = new VendorWorld(Date.now);
  readonly received: ReceivedWrite[] = [];
  readonly number: string;
  readonly #connection: Promise<OpenConnection>;
  readonly #calls = new AsyncLocalStorage<Underway>();

  constructor(number: string, hostility: { readonly rng: SeededRng } | null = null) {
    this.number = number;
    this.world.routings.set(number, { ...STORED_ROUTING, numberId: `PN${number}` });
    const line =
      hostility === null
        ? {
            rng: new SeededRng(1),
            faults: () => noFaults,
            sleep: async () => {},
            later: (_: number, effect: () => void) => effect(),
            deadlineMs: 1000,
          }
        : {
            rng: hostility.rng,
            faults: () => (this.isCalm ? { ...noFaults, listLagMs: HOSTILE.listLagMs } : HOSTILE),
            sleep: (delayMs: number) => this.#sleep(delayMs * SLOW_DOWN),
            later: (delayMs: number, effect: () => void) => this.#later(delayMs * SLOW_DOWN, effect),
            deadlineMs: 1000,
          };
    this.#connection = memoryVendors(this.world, line).open("", "");
  }

  /** True once nothing fails any more: what has not ended soon after is stuck. */
  isCalm = false;

  /** Answers a worker's call. A request that took too long on its way is never processed. */
  async answer({ method, args, sentMs }: VendorCall): Promise<unknown> {
    if (Date.now() - sentMs > LATEST_MS) throw neverProcessed(method);
    const [part = "", name = ""] = method.split(".");
    this.#note(method, args);
    const parts = (await this.#connection) as unknown as Record<
      string,
      Record<string, (...given: readonly unknown[]) => unknown>
    >;
    const act = parts[part]?.[name];
    if (act === undefined) throw new Error(`the vendors have no ${method}`);
    const call: Underway = { sentMs, isLost: false, due: null };
    const [outcome] = await Promise.allSettled([this.#calls.run(call, async () => act(...args))]);
    if (call.isLost) throw neverProcessed(method);
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  /**
   * What was due before is done before: a process that comes late to its timers runs those of one duration together, whatever the others'
   * times.
   */
  async #sleep(delayMs: number): Promise<void> {
    const due = this.#calls.getStore()?.due ?? null;
    await sleep(delayMs);
    if (due !== null && due.delayMs <= delayMs) await due.met;
  }

  /** What a starved machine comes to too late is not done at all. */
  #later(delayMs: number, effect: () => void): void {
    const call = this.#calls.getStore();
    const { promise: met, resolve } = Promise.withResolvers<void>();
    if (call !== undefined) call.due = { delayMs, met };
    setTimeout(() => {
      if (call !== undefined && Date.now() - call.sentMs > LATEST_MS) call.isLost = true;
      else effect();
      resolve();
    }, delayMs);
  }

  #note(method: string, args: readonly unknown[]): void {
    if (method === "resources.write")
      this.received.push({ verb: args[0] as OperationVerb, target: args[1] as WriteTarget });
    if (method === "telephony.writeRouting")
      this.received.push({ verb: "route", expected: args[0] as NumberRouting, next: args[1] as NumberRouting });
  }
}
