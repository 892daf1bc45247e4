import {
  type FleetPatience,
  type FleetReason,
  type FleetState,
  type FleetStep,
  isOccupying,
  type MemberState,
  type OpenMember,
  type PlannedWave,
  type Wave,
} from "@tandem/domain/fleet";
import { builtInPolicies } from "@tandem/domain/gate";
import { type Phase, terminalPhases } from "@tandem/domain/rollout";
import { AppError } from "@tandem/kernel";
import type { FleetLease, FleetWork, MemberToBegin } from "@tandem/ports/store/fleet";
import { buildBundle } from "../builders/bundle.ts";

/** How a deployment's rollout goes: how long it takes and how it ends; `held` waits for a person for good. */
export interface RolloutCourse {
  readonly takesMs: number;
  readonly ends: Extract<Phase, "succeeded" | "rolled-back" | "failed" | "aborted" | "held">;
}

/** What tests know of a member. */
export interface MemoryMember extends OpenMember {
  readonly state: MemberState;
  readonly ordinal: number;
  /** Epoch milliseconds; null before. */
  readonly begunAtMs: number | null;
  readonly endedAtMs: number | null;
}

interface StoredRollout {
  readonly beganAtMs: number;
  readonly course: RolloutCourse;
  isAsked: boolean;
}

export interface MemoryFleetWish {
  readonly waves: readonly PlannedWave<{ readonly tenantId: string; readonly deploymentId: string }>[];
  readonly patience: FleetPatience;
  readonly nowMs: () => number;
  readonly courseOf: (deploymentId: string) => RolloutCourse;
}

/** One fleet rollout in memory, with the semantics of the store on PostgreSQL: leases, fences, compare-and-set by state. */
export class MemoryFleet implements FleetWork {
  readonly id = "fleet";
  readonly members = new Map<string, MemoryMember>();
  /** How often each rollout was begun: more than once would be a defect. */
  readonly begins = new Map<string, number>();
  /** Greatest number of rollouts that took up room at the same time, over all and by tenant. */
  readonly peak = { all: 0, ofTenant: 0 };
  state: FleetState = "running";
  reason: FleetReason | null = null;
  readonly #waves: Wave[];
  readonly #running = new Map<string, MemoryMember>();
  readonly #rollouts = new Map<string, StoredRollout>();
  readonly #wish: MemoryFleetWish;
  #wavePosition = 0;
  #lease = { owner: null as string | null, epoch: 0, untilMs: 0 };
  #dueAtMs: number | null;

  constructor(wish: MemoryFleetWish) {
    this.#wish = wish;
    this.#dueAtMs = wish.nowMs();
    this.#waves = wish.waves.map(({ name, limits, members }, position) => ({
      id: `wave-${position}`,
      position,
      name,
      limits,
      size: members.length,
      acceptedFailures: 0,
      state: "pending",
      bakeUntilMs: null,
    }));
    for (const [position, wave] of wish.waves.entries())
      for (const [ordinal, key] of wave.members.entries())
        this.members.set(key.deploymentId, newMember(key, position, ordinal));
  }

  get wave(): Wave | undefined {
    return this.#waves[this.#wavePosition];
  }

  get dueAtMs(): number | null {
    return this.#dueAtMs;
  }

  /** A person's resume: failures so far are accepted, whoever holds the lease is fenced off. */
  resume(): void {
    const { wave } = this;
    if (wave !== undefined) this.#waves[wave.position] = { ...wave, acceptedFailures: this.#failures(wave.position) };
    this.#ask("running");
  }

  pause(): void {
    this.#ask("paused");
    for (const member of this.members.values())
      if (member.state === "beginning") this.#put(member, { state: "pending" });
  }

  async findDue(): Promise<readonly string[]> {
    const isFree = this.#lease.owner === null || this.#lease.untilMs < this.#wish.nowMs();
    return isFree && this.#dueAtMs !== null && this.#dueAtMs <= this.#wish.nowMs() ? [this.id] : [];
  }

  async claim(fleetRolloutId: string, workerId: string, leaseMs: number): Promise<FleetLease | null> {
    if (this.#lease.owner !== null && this.#lease.untilMs >= this.#wish.nowMs()) return null;
    this.#lease = { owner: workerId, epoch: this.#lease.epoch + 1, untilMs: this.#wish.nowMs() + leaseMs };
    return { fleetRolloutId, workerId, epoch: this.#lease.epoch, leaseMs };
  }

  async renew(lease: FleetLease): Promise<void> {
    this.#requireHeld(lease);
    this.#lease.untilMs = this.#wish.nowMs() + lease.leaseMs;
  }

  async release(lease: FleetLease, dueInMs: number | null): Promise<void> {
    if (this.#lease.epoch !== lease.epoch) return;
    this.#lease.owner = null;
    this.#dueAtMs = dueInMs === null ? null : this.#wish.nowMs() + dueInMs;
  }

  async snapshot(): ReturnType<FleetWork["snapshot"]> {
    const all = [...this.members.values()];
    const ofWave = all.filter(({ wavePosition }) => wavePosition === this.#wavePosition);
    const isOpen = ({ state }: MemoryMember) => OPEN.has(state);
    const ended: Partial<Record<MemberState, number>> = {};
    for (const { state } of ofWave.filter((member) => !isOpen(member))) ended[state] = (ended[state] ?? 0) + 1;
    const begun = new Map<string, number>();
    for (const { state, tenantId } of ofWave)
      if (state !== "pending" && state !== "waiting") begun.set(tenantId, (begun.get(tenantId) ?? 0) + 1);
    const { state, reason, id } = this;
    const { patience } = this.#wish;
    return {
      fleet: { id, state, reason, wavePosition: this.#wavePosition, patience, abortsRunning: false },
      waves: [...this.#waves],
      open: all
        .filter((member) => isOpen(member) && (member.wavePosition <= this.#wavePosition || state === "aborting"))
        .map((member) => ({ ...member, rollout: this.#rolloutOf(member.rolloutId) })),
      ended,
      begun,
      nowMs: this.#wish.nowMs(),
      manifestHash: "m",
      policy: {},
    };
  }

  async write(lease: FleetLease, step: FleetStep, seen: { state: FleetState; wavePosition: number }): Promise<void> {
    this.#requireHeld(lease);
    if (this.state !== seen.state || this.#wavePosition !== seen.wavePosition) return;
    for (const { deploymentId, from, to, reason, dueInMs, waitsSinceMs = null } of step.members) {
      const member = this.members.get(deploymentId);
      if (member?.state !== from) continue;
      const dueAtMs = dueInMs === undefined ? null : this.#wish.nowMs() + dueInMs;
      const endedAtMs = OPEN.has(to) ? null : this.#wish.nowMs();
      this.#put(member, { state: to, reason, dueAtMs, waitsSinceMs, endedAtMs });
    }
    const wave = step.wave === undefined ? undefined : this.#waves[step.wave.position];
    if (wave !== undefined && step.wave !== undefined) this.#waves[wave.position] = { ...wave, ...step.wave };
    if (step.fleet === undefined) return;
    this.state = step.fleet.state;
    this.reason = step.fleet.reason;
    this.#wavePosition = step.fleet.wavePosition;
  }

  async manifest(): Promise<string> {
    return "manifest";
  }

  async subject({ deploymentId, tenantId }: MemberToBegin): ReturnType<FleetWork["subject"]> {
    const deployment = {
      id: deploymentId,
      tenantId,
      name: deploymentId,
      playbook: "p",
      environment: "production",
      ingressKey: "",
      number: null,
      connections: {},
      overlay: {},
      configVersion: 1,
    } as const;
    return {
      deployment,
      overlays: { tenant: {}, deployment: {} },
      connections: {},
      gatePolicy: builtInPolicies.production,
      activeBundleHash: null,
    };
  }

  async begin(member: MemberToBegin): Promise<"begun" | "moved"> {
    const stored = this.members.get(member.deploymentId);
    if (stored?.state !== "beginning") return "moved";
    this.begins.set(member.rolloutId, (this.begins.get(member.rolloutId) ?? 0) + 1);
    const beganAtMs = this.#wish.nowMs();
    this.#rollouts.set(member.rolloutId, {
      beganAtMs,
      course: this.#wish.courseOf(member.deploymentId),
      isAsked: false,
    });
    this.#put(stored, { state: "running", begunAtMs: beganAtMs, waitsSinceMs: null });
    this.#measure();
    return "begun";
  }

  async abortRollout({ rolloutId }: { readonly rolloutId: string }): Promise<void> {
    const rollout = this.#rollouts.get(rolloutId);
    if (rollout !== undefined) rollout.isAsked = true;
  }

  #ask(state: FleetState): void {
    this.state = state;
    this.reason = null;
    this.#lease = { owner: null, epoch: this.#lease.epoch + 1, untilMs: 0 };
    this.#dueAtMs = this.#wish.nowMs();
  }

  #rolloutOf(rolloutId: string): OpenMember["rollout"] {
    const rollout = this.#rollouts.get(rolloutId);
    if (rollout === undefined) return null;
    const isOver = this.#wish.nowMs() - rollout.beganAtMs >= rollout.course.takesMs;
    const phase = isOver ? rollout.course.ends : "applying";
    return { phase, desired: rollout.isAsked ? "abort" : "continue" };
  }

  /** Real room: a rollout that is over takes none up, whether or not the fleet has noticed. */
  #measure(): void {
    const busy = new Map<string, number>();
    for (const member of this.#running.values()) {
      const rollout = this.#rolloutOf(member.rolloutId);
      const isBusy = rollout !== null && !terminalPhases.has(rollout.phase);
      if (isBusy && isOccupying({ ...member, rollout }))
        busy.set(member.tenantId, (busy.get(member.tenantId) ?? 0) + 1);
    }
    this.peak.all = Math.max(
      this.peak.all,
      [...busy.values()].reduce((sum, count) => sum + count, 0),
    );
    this.peak.ofTenant = Math.max(this.peak.ofTenant, ...busy.values());
  }

  #failures(position: number): number {
    return [...this.members.values()].filter(
      ({ wavePosition, state, reason }) =>
        wavePosition === position && (FAILED.has(state) || (state === "overdue" && reason === "held")),
    ).length;
  }

  #put(member: MemoryMember, patch: Partial<MemoryMember>): void {
    const next = { ...member, ...patch };
    this.members.set(member.deploymentId, next);
    if (next.state === "running") this.#running.set(member.deploymentId, next);
    else this.#running.delete(member.deploymentId);
  }

  #requireHeld(lease: FleetLease): void {
    if (this.#lease.epoch !== lease.epoch || this.#lease.owner !== lease.workerId)
      throw new AppError("lease_lost", "the lease of this fleet rollout has moved on");
  }
}

const OPEN: ReadonlySet<MemberState> = new Set(["pending", "waiting", "beginning", "running", "overdue"]);
const FAILED: ReadonlySet<MemberState> = new Set(["rolled-back", "aborted", "failed", "blocked"]);

const newMember = (
  key: { readonly tenantId: string; readonly deploymentId: string },
  wavePosition: number,
  ordinal: number,
): MemoryMember => ({
  ...key,
  wavePosition,
  ordinal,
  state: "pending",
  rolloutId: `rollout-${key.deploymentId}`,
  reason: null,
  dueAtMs: null,
  waitsSinceMs: null,
  rollout: null,
  begunAtMs: null,
  endedAtMs: null,
});

/** A release for any member: what it holds is of no interest to a fleet. */
export const memberRelease = { ok: true, ...buildBundle({ deploymentId: "any" }) } as const;
