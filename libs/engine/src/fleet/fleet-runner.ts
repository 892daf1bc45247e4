import { type FleetStep, type MemberChange, type OpenMember, stepOf } from "@tandem/domain/fleet";
import { AppError, fault, type Json } from "@tandem/kernel";
import type { FleetLease, FleetSnapshot, FleetWork, MemberToBegin } from "@tandem/ports/store/fleet";
import type { EngineLog } from "../context.ts";
import { beginMember, type BeginOptions } from "./begin-member.ts";

export interface FleetRunnerOptions extends Omit<BeginOptions, "work"> {
  readonly work: FleetWork;
  readonly workerId: string;
  /** How long a fleet rollout is held before another worker may take it, milliseconds. */
  readonly leaseMs: number;
  /** Members that are begun at the same time. */
  readonly concurrency: number;
  /** Tells whoever moves rollouts that one has begun: a hint, its sweep finds it anyway. Must not throw. */
  readonly ring: (tenantId: string, deploymentId: string) => void;
  readonly log: EngineLog;
}

/** Fleet rollouts taken up at the same time. */
const AT_ONCE = 4;
/** Looks in a row after which the lease is given back, so that no fleet rollout keeps a worker to itself. */
const MOST_LOOKS = 200;
/** After a failure it is looked at again by whoever is free, milliseconds. */
const RETRY_MS = 5000;

/**
 * Moves fleet rollouts on. Each look is one pure decision over one snapshot, written whole under the lease before anything is begun; a
 * member's rollout and its row are one transaction, so that a worker that dies anywhere leaves nothing to find out.
 */
export class FleetRunner {
  readonly #options: FleetRunnerOptions;
  readonly #manifests = new Map<string, Json>();
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: FleetRunnerOptions) {
    this.#options = options;
  }

  /** Works on what is due. Never rejects. */
  runDue(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Begins nothing more; resolves when what is in progress has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { work, log } = this.#options;
    try {
      const due = await work.findDue(AT_ONCE);
      await Promise.all(due.map((id) => this.#attend(id)));
    } catch (error) {
      log.error({ err: error }, "due fleet rollouts cannot be read; they are looked for again");
    }
  }

  async #attend(fleetRolloutId: string): Promise<void> {
    const { work, workerId, leaseMs, log } = this.#options;
    try {
      const lease = await work.claim(fleetRolloutId, workerId, leaseMs);
      if (lease === null) return;
      let dueInMs: number | null = RETRY_MS;
      try {
        dueInMs = await this.#moveOn(lease);
      } finally {
        await work.release(lease, dueInMs);
      }
    } catch (error) {
      if (error instanceof AppError && error.code === "lease_lost") return;
      log.error({ err: error, fleetRolloutId }, "a fleet rollout could not be moved on; it is tried again");
    }
  }

  /** Answers when to look again; null: never. */
  async #moveOn(lease: FleetLease): Promise<number | null> {
    for (let looks = 0; looks < MOST_LOOKS && !this.#isStopped; looks += 1) {
      await this.#options.work.renew(lease);
      const snapshot = await this.#options.work.snapshot(lease);
      if (snapshot === null) return null;
      const step = stepOf(snapshot);
      const hasWritten = await this.#write(lease, step, snapshot);
      await this.#abort(lease, snapshot, step);
      const hasBegun = await this.#begin(lease, snapshot, step);
      if (!hasWritten && !hasBegun) return step.dueInMs;
    }
    return 0;
  }

  async #write(lease: FleetLease, step: FleetStep, { fleet }: FleetSnapshot): Promise<boolean> {
    if (step.members.length === 0 && step.wave === undefined && step.fleet === undefined) return false;
    await fault("fleet.write.before");
    await this.#options.work.write(lease, step, fleet);
    await fault("fleet.write.after");
    return true;
  }

  async #abort({ fleetRolloutId }: FleetLease, { open }: FleetSnapshot, { toAbort }: FleetStep): Promise<void> {
    const ids = new Set(toAbort.map(({ deploymentId }) => deploymentId));
    for (const member of open)
      if (ids.has(member.deploymentId)) await this.#options.work.abortRollout({ ...member, fleetRolloutId });
  }

  /** Everything that is about to begin, also what a worker before this one left. True when there was anything. */
  async #begin(lease: FleetLease, snapshot: FleetSnapshot, step: FleetStep): Promise<boolean> {
    const members = aboutToBegin(snapshot, step);
    if (members.length === 0) return false;
    const content = await this.#manifest(snapshot.manifestHash);
    const asked = { manifest: { hash: snapshot.manifestHash, content }, policy: snapshot.policy };
    const changes: MemberChange[] = [];
    const line = members.map((member) => toBegin(lease, snapshot, member));
    const lanes = Array.from({ length: this.#options.concurrency }, async () => {
      for (let next = line.shift(); next !== undefined && !this.#isStopped; next = line.shift()) {
        const { change, isBegun } = await beginMember(this.#options, next, asked);
        if (change !== null) changes.push(change);
        if (isBegun) this.#options.ring(next.tenantId, next.deploymentId);
      }
    });
    await Promise.all(lanes);
    await this.#outcome(lease, snapshot, changes);
    return true;
  }

  async #outcome(lease: FleetLease, snapshot: FleetSnapshot, changes: readonly MemberChange[]): Promise<void> {
    await this.#write(lease, { members: since(changes, snapshot), toAbort: [], dueInMs: 0 }, snapshot);
  }

  async #manifest(hash: string): Promise<Json> {
    const known = this.#manifests.get(hash) ?? (await this.#options.work.manifest(hash));
    if (known === null) throw new AppError("not_found", "The manifest of this fleet rollout is not kept any more.");
    this.#manifests.clear();
    this.#manifests.set(hash, known);
    return known;
  }
}

function aboutToBegin({ open }: FleetSnapshot, step: FleetStep): readonly OpenMember[] {
  const changed = new Map(step.members.map(({ deploymentId, to }) => [deploymentId, to]));
  return open.filter(({ deploymentId, state }) => (changed.get(deploymentId) ?? state) === "beginning");
}

const toBegin = (lease: FleetLease, { waves }: FleetSnapshot, member: OpenMember): MemberToBegin => ({
  fleetRolloutId: lease.fleetRolloutId,
  waveId: waves[member.wavePosition]?.id ?? "",
  tenantId: member.tenantId,
  deploymentId: member.deploymentId,
  rolloutId: member.rolloutId,
});

/** A member that waits has waited since it was first in the way. */
function since(changes: readonly MemberChange[], { open, nowMs }: FleetSnapshot): readonly MemberChange[] {
  const waited = new Map(open.map(({ deploymentId, waitsSinceMs }) => [deploymentId, waitsSinceMs]));
  return changes.map((change) =>
    change.to === "waiting" ? { ...change, waitsSinceMs: waited.get(change.deploymentId) ?? nowMs } : change,
  );
}
