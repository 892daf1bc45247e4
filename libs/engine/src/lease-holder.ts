import type { FencedTransaction, Lease } from "@tandem/ports/store/rollouts";
import type { EngineContext } from "./context.ts";

/**
 * The lease of one run. Counts on this machine's monotonic clock from before the claim was sent, so that it never believes to hold
 * longer than the database does.
 */
export class LeaseHolder {
  readonly #context: EngineContext;
  #lease: Lease;
  #sinceMonotonicMs: number;

  private constructor(context: EngineContext, lease: Lease, sinceMonotonicMs: number) {
    this.#context = context;
    this.#lease = lease;
    this.#sinceMonotonicMs = sinceMonotonicMs;
  }

  /** Takes the deployment; null while another worker holds it. */
  static async claim(context: EngineContext, tenantId: string, deploymentId: string): Promise<LeaseHolder | null> {
    const since = context.clock.monotonicMs();
    const lease = await context.store.claim(tenantId, deploymentId, context.workerId, context.settings.leaseMs);
    return lease === null ? null : new LeaseHolder(context, lease, since);
  }

  remainingMs(): number {
    return this.#lease.leaseMs - (this.#context.clock.monotonicMs() - this.#sinceMonotonicMs);
  }

  /** Makes sure that work of `needMs` fits into the lease, as far as a lease can be long. Throws `lease_lost`. */
  async ensure(needMs: number): Promise<void> {
    const { renewMs, leaseMs } = this.#context.settings;
    const wanted = Math.min(Math.max(needMs, renewMs), (leaseMs * 3) / 4);
    if (this.remainingMs() < wanted) await this.renew();
  }

  /** Throws `lease_lost`. */
  async renew(): Promise<void> {
    const since = this.#context.clock.monotonicMs();
    this.#lease = await this.#context.store.renew(this.#lease);
    this.#sinceMonotonicMs = since;
  }

  /** Waits under the lease when the wait is short enough to be covered by a fresh one; false: give the lease up and come back. */
  async waitWithin(delayMs: number): Promise<boolean> {
    if (delayMs > this.#lease.leaseMs / 2) return false;
    await this.ensure(delayMs + this.#lease.leaseMs / 4);
    await this.#context.clock.sleep(delayMs);
    return true;
  }

  fenced<Result>(work: (transaction: FencedTransaction) => Promise<Result>): Promise<Result> {
    return this.#context.store.fenced(this.#lease, work);
  }

  async release(): Promise<void> {
    await this.#context.store.release(this.#lease);
  }
}
