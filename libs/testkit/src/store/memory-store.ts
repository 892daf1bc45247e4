import { AppError, instant } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type {
  CommandStore,
  FencedTransaction,
  Lease,
  NodeBehind,
  RolloutStore,
  RolloutView,
} from "@tandem/ports/store/rollouts";
import type { DeploymentState, MemoryDatabase } from "./memory-database.ts";
import { MemoryTransaction, workableRollout } from "./memory-transaction.ts";

const lost = (): AppError => new AppError("lease_lost", "the lease of this deployment has moved on");

/** What may befall a transaction on its way. */
export interface TransactionTrouble {
  /** Awaited inside the transaction before it commits; throws what ends it. */
  readonly beforeCommit: () => Promise<void>;
  /** Whether the server answers the commit with a serialization failure or a deadlock. */
  readonly hasConflict: () => boolean;
}

const untroubled: TransactionTrouble = { beforeCommit: async () => {}, hasConflict: () => false };

/** Tries of a transaction that the server refuses for its neighbours' sake; then the database counts as away. */
const MOST_TRIES = 5;

/** The engine's store over the in-memory tables, with the semantics of the one on PostgreSQL. */
export function memoryRolloutStore(database: MemoryDatabase, trouble: TransactionTrouble = untroubled): RolloutStore {
  return {
    startWaiting: async () => 0,
    evidence: database.evidence,
    replays: database.replays,
    findDue: async (limit) =>
      [...database.deployments.values()]
        .filter((state) => isFree(database, state) && isDue(database, state))
        .slice(0, limit)
        .map(({ deployment }) => ({ tenantId: deployment.tenantId, deploymentId: deployment.id })),
    claim: (tenantId, deploymentId, workerId, leaseMs) =>
      database.locked(deploymentId, async () => claim(database, { tenantId, deploymentId, workerId, leaseMs })),
    renew: (lease) =>
      database.locked(lease.deploymentId, async () => {
        const state = database.state(lease.deploymentId);
        if (!holds(state, lease) || state.leaseOwner !== lease.workerId) throw lost();
        database.deployments.set(lease.deploymentId, { ...state, leaseUntilMs: database.nowMs() + lease.leaseMs });
        return { ...lease, grantedAtMonotonicMs: database.nowMs() };
      }),
    release: (lease) =>
      database.locked(lease.deploymentId, async () => {
        const state = database.state(lease.deploymentId);
        if (holds(state, lease))
          database.deployments.set(lease.deploymentId, { ...state, leaseOwner: null, leaseUntilMs: 0 });
      }),
    view: async (tenantId, deploymentId) => {
      const state = database.deployments.get(deploymentId);
      return state === undefined || state.deployment.tenantId !== tenantId ? null : viewOf(database, state, null);
    },
    fenced: (lease, work) => fenced(database, trouble, lease, work),
  };
}

function claim(database: MemoryDatabase, wish: Omit<Lease, "epoch" | "grantedAtMonotonicMs">): Lease | null {
  const state = database.deployments.get(wish.deploymentId);
  if (state === undefined || state.deployment.tenantId !== wish.tenantId) return null;
  if (!isFree(database, state)) return null;
  const epoch = state.leaseEpoch + 1;
  database.deployments.set(wish.deploymentId, {
    ...state,
    leaseOwner: wish.workerId,
    leaseEpoch: epoch,
    leaseUntilMs: database.nowMs() + wish.leaseMs,
  });
  database.history.note({
    kind: "claimed",
    deploymentId: wish.deploymentId,
    by: wish.workerId,
    leaseEpoch: epoch,
  });
  return { ...wish, epoch, grantedAtMonotonicMs: database.nowMs() };
}

async function fenced<Result>(
  database: MemoryDatabase,
  trouble: TransactionTrouble,
  lease: Lease,
  work: (transaction: FencedTransaction) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const done = await database.locked(lease.deploymentId, async () => {
      if (!holds(database.state(lease.deploymentId), lease)) throw lost();
      const transaction = new MemoryTransaction(database, lease.deploymentId);
      try {
        const result = await work(transaction);
        await trouble.beforeCommit();
        if (trouble.hasConflict()) return null;
        transaction.commit(lease.workerId, lease.epoch);
        return { result };
      } finally {
        transaction.end();
      }
    });
    if (done !== null) return done.result;
  }
  throw new AppError("database_unavailable", "the transaction could not be serialized");
}

const isFree = (database: MemoryDatabase, state: DeploymentState): boolean =>
  state.leaseOwner === null || state.leaseUntilMs < database.nowMs();

const holds = (state: DeploymentState, lease: Lease): boolean => state.leaseEpoch === lease.epoch;

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
  const { blue, green } = state.slots;
  const bundles: Record<string, ReleaseBundle> = {};
  const add = (hash: string | null | undefined): void => {
    const bundle = hash == null ? undefined : database.bundles.get(hash);
    if (hash != null && bundle !== undefined) bundles[hash] = bundle;
  };
  for (const slot of [blue, green]) {
    add(slot.bundleHash);
    add(slot.readyBundleHash);
  }
  add(extraBundle);
  add(rollout?.bundleHash);
  const calls = (slot: "blue" | "green") => database.liveCalls.get(`${id}/${slot}`) ?? 0;
  return {
    deployment: state.deployment,
    pointer: state.pointer,
    stateSerial: state.stateSerial,
    slots: {
      blue: { ...blue, liveCalls: calls("blue") },
      green: { ...green, liveCalls: calls("green") },
    },
    attachment: state.attachment,
    bindings: state.bindings,
    connections: database.connections.filter((connection) => connection.tenantId === tenantId),
    otherReferences: otherReferences(database, state),
    driftDecisions: (database.driftDecisions.get(id) ?? []).filter(
      ({ until }) => until === null || Date.parse(until) > database.nowMs(),
    ),
    rollout,
    plan: rollout?.planId == null ? null : (database.plans.get(rollout.planId) ?? null),
    steps: rollout === null ? [] : (state.steps[rollout.id] ?? []),
    bundles,
    tenantStatus: state.tenantStatus,
    costCap: database.costCap,
    nodesBehind: nodesBehind(database, id),
    now: database.now(),
  };
}

function nodesBehind(database: MemoryDatabase, deploymentId: string): NodeBehind[] {
  const movedMs = database.pointerMovedMs.get(deploymentId);
  if (movedMs === undefined) return [];
  return [...database.nodeLooks]
    .map(([name, lookedMs]) => ({ name, lookedAt: instant(lookedMs()), movedAt: instant(movedMs) }))
    .filter(({ lookedAt }) => Date.parse(lookedAt) < movedMs + 300_000);
}

function otherReferences(database: MemoryDatabase, state: DeploymentState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const other of database.deployments.values()) {
    if (other.deployment.id === state.deployment.id || other.deployment.tenantId !== state.deployment.tenantId)
      continue;
    for (const key of sharedKeys(other.bindings)) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const sharedKeysOf = new WeakMap<DeploymentState["bindings"], ReadonlySet<string>>();

/** External keys of what these rows have in common with other deployments. Rows are never changed in place, so that the answer is kept. */
function sharedKeys(bindings: DeploymentState["bindings"]): ReadonlySet<string> {
  const known =
    sharedKeysOf.get(bindings) ??
    new Set(bindings.filter(({ owner }) => owner === "connection").map(({ externalKey }) => externalKey));
  sharedKeysOf.set(bindings, known);
  return known;
}

function claimDriftLooks(database: MemoryDatabase, intervalMs: number, limit: number) {
  const isDue = ({ deployment, pointer }: DeploymentState): boolean =>
    pointer.active !== "none" && (database.driftDueMs.get(deployment.id) ?? 0) <= database.nowMs();
  const due = [...database.deployments.values()].filter(isDue).slice(0, limit);
  for (const { deployment } of due) database.driftDueMs.set(deployment.id, database.nowMs() + intervalMs);
  return due.map(({ deployment }) => ({ tenantId: deployment.tenantId, deploymentId: deployment.id }));
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
    claimDriftLooks: async (intervalMs, limit) => claimDriftLooks(database, intervalMs, limit),
    keepDriftLook: async (_tenantId, deploymentId, look) => void database.driftLooks.set(deploymentId, look),
    busiestCalls: async (_tenantId, connectionId) => database.busiestCalls.get(connectionId) ?? 0,
    finishPlan: async (command, plan) => {
      database.plans.set(command.id, { ...plan, id: command.id });
      finish(command.id, { state: "done", value: plan });
    },
    finishCheck: async (command, result) => finish(command.id, { state: "done", value: result }),
    failCommand: async (command, code, detail) => finish(command.id, { state: "failed", code, detail }),
  };
}
