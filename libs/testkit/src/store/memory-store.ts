import { AppError } from "@tandem/kernel";
import type { CommandStore, FencedTransaction, Lease, RolloutStore, RolloutView } from "@tandem/ports/store/rollouts";
import type { DeploymentState, MemoryDatabase } from "./memory-database.ts";
import { MemoryTransaction, workableRollout } from "./memory-transaction.ts";

const lost = (): AppError => new AppError("lease_lost", "the lease of this deployment has moved on");

/** The engine's store over the in-memory tables, with the semantics of the one on PostgreSQL. */
export function memoryRolloutStore(database: MemoryDatabase): RolloutStore {
  return {
    findDue: async (limit) =>
      [...database.deployments.values()]
        .filter((state) => isFree(database, state) && isDue(database, state))
        .slice(0, limit)
        .map(({ deployment }) => ({ tenantId: deployment.tenantId, deploymentId: deployment.id })),
    claim: async (tenantId, deploymentId, workerId, leaseMs) => {
      const state = database.deployments.get(deploymentId);
      if (state === undefined || state.deployment.tenantId !== tenantId) return null;
      if (!isFree(database, state) && database.guards.isExclusive) return null;
      database.deployments.set(deploymentId, {
        ...state,
        leaseOwner: workerId,
        leaseEpoch: state.leaseEpoch + 1,
        leaseUntilMs: database.nowMs() + leaseMs,
      });
      return {
        tenantId,
        deploymentId,
        workerId,
        epoch: state.leaseEpoch + 1,
        leaseMs,
        grantedAtMonotonicMs: database.nowMs(),
      };
    },
    renew: async (lease) => {
      const state = database.state(lease.deploymentId);
      if (!holds(database, state, lease)) throw lost();
      database.deployments.set(lease.deploymentId, { ...state, leaseUntilMs: database.nowMs() + lease.leaseMs });
      return { ...lease, grantedAtMonotonicMs: database.nowMs() };
    },
    release: async (lease) => {
      const state = database.state(lease.deploymentId);
      if (state.leaseEpoch === lease.epoch)
        database.deployments.set(lease.deploymentId, { ...state, leaseOwner: null, leaseUntilMs: 0 });
    },
    view: async (tenantId, deploymentId) => {
      const state = database.deployments.get(deploymentId);
      return state === undefined || state.deployment.tenantId !== tenantId ? null : viewOf(database, state, null);
    },
    fenced: (lease, work) => fenced(database, lease, work),
  };
}

function fenced<Result>(
  database: MemoryDatabase,
  lease: Lease,
  work: (transaction: FencedTransaction) => Promise<Result>,
): Promise<Result> {
  return database.locked(lease.deploymentId, async () => {
    if (database.guards.isFenced && database.state(lease.deploymentId).leaseEpoch !== lease.epoch) throw lost();
    const transaction = new MemoryTransaction(database, lease.deploymentId);
    const result = await work(transaction);
    transaction.commit(lease.workerId);
    return result;
  });
}

const isFree = (database: MemoryDatabase, state: DeploymentState): boolean =>
  state.leaseOwner === null || state.leaseUntilMs < database.nowMs();

/** Without the fence, an old holder may also go on renewing. */
const holds = (database: MemoryDatabase, state: DeploymentState, lease: Lease): boolean =>
  !database.guards.isFenced || (state.leaseEpoch === lease.epoch && state.leaseOwner === lease.workerId);

function isDue(database: MemoryDatabase, state: DeploymentState): boolean {
  const rollout = workableRollout(state);
  if (rollout === null) return false;
  if (rollout.dueAt !== null) return Date.parse(rollout.dueAt) <= database.nowMs();
  return rollout.phase !== "held" || rollout.desired !== "continue";
}

/** One consistent snapshot. `extraBundle`: a hash to have among `bundles` besides those of the rollout and the slots. */
export function viewOf(database: MemoryDatabase, state: DeploymentState, extraBundle: string | null): RolloutView {
  const rollout = workableRollout(state);
  const { id, tenantId } = state.deployment;
  const hashes = [
    extraBundle,
    rollout?.bundleHash,
    ...Object.values(state.slots).flatMap((slot) => [slot.bundleHash, slot.readyBundleHash]),
  ];
  const bundles = hashes.flatMap((hash) => {
    const bundle = hash == null ? undefined : database.bundles.get(hash);
    return hash == null || bundle === undefined ? [] : [[hash, bundle] as const];
  });
  const calls = (slot: "blue" | "green") => database.liveCalls.get(`${id}/${slot}`) ?? 0;
  return {
    deployment: state.deployment,
    pointer: state.pointer,
    stateSerial: state.stateSerial,
    slots: {
      blue: { ...state.slots.blue, liveCalls: calls("blue") },
      green: { ...state.slots.green, liveCalls: calls("green") },
    },
    attachment: state.attachment,
    bindings: state.bindings,
    connections: database.connections.filter((connection) => connection.tenantId === tenantId),
    otherReferences: otherReferences(database, state),
    rollout,
    plan: rollout?.planId == null ? null : (database.plans.get(rollout.planId) ?? null),
    steps: rollout === null ? [] : (state.steps[rollout.id] ?? []),
    bundles: Object.fromEntries(bundles),
    tenantStatus: state.tenantStatus,
    now: database.now(),
  };
}

function otherReferences(database: MemoryDatabase, state: DeploymentState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const other of database.deployments.values()) {
    if (other.deployment.id === state.deployment.id || other.deployment.tenantId !== state.deployment.tenantId)
      continue;
    const keys = new Set(
      other.bindings.filter(({ owner }) => owner === "connection").map(({ externalKey }) => externalKey),
    );
    for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** The commands' side of the same tables. */
export function memoryCommandStore(database: MemoryDatabase): CommandStore {
  const finish = (id: string, result: NonNullable<ReturnType<typeof database.commands.get>>["result"]) => {
    const state = database.commands.get(id);
    if (state !== undefined && state.result === null) state.result = result;
  };
  return {
    claimCommands: async (_workerId, limit, leaseMs) => {
      const free = [...database.commands.values()]
        .filter((state) => state.result === null && state.claimedUntilMs < database.nowMs())
        .slice(0, limit);
      for (const state of free) state.claimedUntilMs = database.nowMs() + leaseMs;
      return free.map(({ command }) => command);
    },
    commandView: async (command) => {
      const state = database.deployments.get(command.subjectId);
      return state === undefined || state.deployment.tenantId !== command.tenantId
        ? null
        : viewOf(database, state, command.bundleHash);
    },
    connection: async (tenantId, connectionId) =>
      database.connections.find((connection) => connection.tenantId === tenantId && connection.id === connectionId) ??
      null,
    sealedCredential: async () => null,
    finishPlan: async (command, plan) => {
      database.plans.set(command.id, { ...plan, id: command.id });
      finish(command.id, { state: "done", value: plan });
    },
    finishCheck: async (command, result) => finish(command.id, { state: "done", value: result }),
    failCommand: async (command, code, detail) => finish(command.id, { state: "failed", code, detail }),
  };
}
