import { AppError, type Clock, systemClock, VendorError } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { SafetyNetOutcome, SafetyNetWork } from "@tandem/ports/store/safety-net";
import type { AgentShare } from "@tandem/ports/voice-agent";
import { DEPLOYMENT_ID, Scene, TENANT_ID } from "@tandem/testkit";
import { expect, it } from "vitest";
import { SafetyNetKeeper } from "./safety-net-keeper.ts";

/** A scene whose number is held by a vendor of agents, and a keeper of its net. */
class HeldScene {
  readonly scene = new Scene();
  held: AgentShare[] | null = [{ agentId: "theirs", agentVersion: null, weightBp: 10_000 }];
  writes = 0;
  /** What the vendor does with a write. */
  trouble: "none" | "down" | "lost" | "ignores" = "none";
  found: readonly AgentShare[] | null = null;
  readonly told: (SafetyNetOutcome | { readonly kind: "intended"; readonly shares: readonly AgentShare[] })[] = [];
  readonly keeper: SafetyNetKeeper;

  constructor(clock: Clock = systemClock) {
    const due = { tenantId: TENANT_ID, deploymentId: DEPLOYMENT_ID };
    const work: SafetyNetWork = {
      claimSafetyNets: async () => [due],
      safetyNet: async () => ({ view: this.scene.view, found: this.found, attempts: 0 }),
      intendShares: async (_due, { found, shares }) => {
        this.found ??= found;
        this.told.push({ kind: "intended", shares });
      },
      endSafetyNetLook: async (_due, outcome) => void this.told.push(outcome),
    };
    const heldNumbers = {
      agentsOf: async () => this.held,
      setAgents: async (_number: string, shares: readonly AgentShare[]) => this.#write(shares),
    };
    const open = async () => ({ voiceAgent: { heldNumbers }, close: async () => {} }) as unknown as OpenConnection;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const vendors = { open } as never;
    this.keeper = new SafetyNetKeeper({ work, vendors, clock, log, callDeadlineMs: 1000, concurrency: 2 });
  }

  #write(shares: readonly AgentShare[]): void {
    if (this.trouble === "down") throw this.#unavailable("none");
    this.writes += 1;
    if (this.trouble !== "ignores") this.held = [...shares];
    if (this.trouble === "lost") throw this.#unavailable("unknown");
  }

  #unavailable(effect: "none" | "unknown"): VendorError {
    return new VendorError("no answer", { vendor: "retell", operation: "set", fault: "unavailable", effect });
  }

  /** Agent id → share, as the vendor has it. */
  shares(): Record<string, number> {
    return Object.fromEntries((this.held ?? []).map(({ agentId, weightBp }) => [agentId, weightBp]));
  }

  agentOf(slot: "blue" | "green"): string {
    const bound = this.scene.state.bindings.find(
      (binding) => binding.slot === slot && binding.address === "voice-agent.agent/main",
    );
    if (bound?.externalId == null) throw new AppError("not_found", `no agent in ${slot}`);
    return bound.externalId;
  }
}

const canary = { strategy: { kind: "canary", steps: [{ weightBp: 500, watchMs: 600_000 }] } } as const;

it("follows a switch, a canary step and a rollback, each written with its intent before and read back", async () => {
  const held = new HeldScene();
  const { scene, keeper } = held;
  await scene.start({ prompt: "one" });
  await scene.untilPhase("succeeded");
  await keeper.keepDue();
  expect(held.shares()).toEqual({ [held.agentOf("blue")]: 10_000 });
  expect(held.told.map(({ kind }) => kind)).toEqual(["intended", "in-step"]);
  await scene.start({ prompt: "two" }, canary);
  await scene.until(() => scene.state.pointer.weightBp === 500);
  await keeper.keepDue();
  expect(held.shares()).toEqual({ [held.agentOf("blue")]: 9500, [held.agentOf("green")]: 500 });
  await scene.operator.rollback(scene.deploymentId);
  await keeper.keepDue();
  expect(held.shares()).toEqual({ [held.agentOf("blue")]: 10_000 });
  expect(held.told.at(-1)).toMatchObject({ kind: "in-step", generation: 3, confirmInMs: 3000 });
  await keeper.keepDue();
  expect([held.writes, held.told.at(-1)]).toMatchObject([3, { kind: "in-step", confirmInMs: null }]);
});

it("puts back what it found when the number is let go of", async () => {
  const held = new HeldScene();
  await held.scene.start();
  await held.scene.untilPhase("succeeded");
  await held.keeper.keepDue();
  await held.scene.operator.detach(held.scene.deploymentId);
  await held.scene.untilPhase("rolled-back");
  await held.keeper.keepDue();
  expect(held.shares()).toEqual({ theirs: 10_000 });
});

it("says that it lags, and no move of the pointer waits for it", async () => {
  const held = new HeldScene();
  held.trouble = "down";
  await held.scene.start({ prompt: "one" });
  await held.scene.untilPhase("succeeded");
  await held.keeper.keepDue();
  expect(held.told.at(-1)).toMatchObject({ kind: "failed", retryInMs: 2000 });
  await held.scene.start({ prompt: "two" });
  await held.scene.untilPhase("succeeded", "held");
  expect(held.scene.state.pointer).toMatchObject({ active: "green", generation: 2 });
  held.trouble = "lost";
  await held.keeper.keepDue();
  expect(held.told.at(-1)?.kind).toBe("failed");
  await held.keeper.keepDue();
  expect([held.writes, held.told.at(-1)?.kind]).toEqual([1, "in-step"]);
});

it("does not believe a vendor that answers well and keeps nothing", async () => {
  const held = new HeldScene();
  held.trouble = "ignores";
  await held.scene.start();
  await held.scene.untilPhase("succeeded");
  await held.keeper.keepDue();
  expect(held.told.at(-1)?.kind).toBe("failed");
});

it("does nothing where no vendor holds the number", async () => {
  const held = new HeldScene();
  held.held = null;
  await held.scene.start();
  await held.scene.untilPhase("succeeded");
  await held.keeper.keepDue();
  expect(held.told).toEqual([{ kind: "not-held", generation: 1 }]);
});
