import { AppError, type Clock, VendorError } from "@tandem/kernel";
import type { DueSafetyNet, SafetyNetOutcome, SafetyNetState, SafetyNetWork } from "@tandem/ports/store/safety-net";
import type { Vendors } from "@tandem/ports/vendors";
import type { AgentShare, HeldNumbers } from "@tandem/ports/voice-agent";
import type { EngineLog } from "../context.ts";
import { describeVendorError } from "../executor/failure.ts";
import { agentConnection, wantedShares } from "./wanted-shares.ts";

/** What a keeper works with. */
export interface SafetyNetDependencies {
  readonly work: SafetyNetWork;
  readonly vendors: Vendors;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** Total deadline of one vendor call, as the connections are opened with; a claim covers three of them. */
  readonly callDeadlineMs: number;
  /** Nets brought in step at the same time. */
  readonly concurrency: number;
}

const BACKOFF_MS = 2000;
const BACKOFF_CAP_MS = 300_000;

/**
 * Keeps what an agent vendor answers with, on numbers that it holds itself, in step with the pointer (ruling 21). The pointer rules
 * through the vendor's webhook; this is the net behind it. Runs on its own, after every move of the pointer in either direction: no
 * switch, canary step or rollback ever waits for it.
 */
export class SafetyNetKeeper {
  readonly #parts: SafetyNetDependencies;

  constructor(parts: SafetyNetDependencies) {
    this.#parts = parts;
  }

  /** Takes up what is due; answers how many. Never throws for a single net: it is tried again. */
  async keepDue(): Promise<number> {
    const { work, concurrency, callDeadlineMs } = this.#parts;
    const due = await work.claimSafetyNets(concurrency, callDeadlineMs * 3);
    await Promise.all(due.map((one) => this.#keep(one)));
    return due.length;
  }

  async #keep(due: DueSafetyNet): Promise<void> {
    const state = await this.#parts.work.safetyNet(due);
    if (state === null) return;
    await this.#parts.work.endSafetyNetLook(due, await this.#look(due, state));
  }

  async #look(due: DueSafetyNet, state: SafetyNetState): Promise<SafetyNetOutcome> {
    const { number } = state.view.deployment;
    const { generation } = state.view.pointer;
    const connectionId = agentConnection(state.view);
    if (number === null || connectionId === null) return { kind: "not-held", generation };
    try {
      const connection = await this.#parts.vendors.open(due.tenantId, connectionId);
      try {
        const held = connection.voiceAgent?.heldNumbers;
        return held === undefined ? { kind: "not-held", generation } : await this.#follow(due, state, held, number);
      } finally {
        await connection.close();
      }
    } catch (error) {
      return this.#failed(due, state, error);
    }
  }

  /** Intent → write → read back. What is there already is not written again, so that a repeat is harmless. */
  async #follow(
    due: DueSafetyNet,
    { view, found }: SafetyNetState,
    held: HeldNumbers,
    number: string,
  ): Promise<SafetyNetOutcome> {
    const { generation, active } = view.pointer;
    const present = await held.agentsOf(number);
    if (present === null) return { kind: "not-held", generation };
    if (active === "none" && found === null) return { kind: "not-held", generation };
    const shares = active === "none" ? found : wantedShares(view);
    if (shares === null) throw new AppError("internal", "the agent of a slot with calls is not bound");
    if (isSame(present, shares)) return { kind: "in-step", generation, confirmInMs: null };
    await this.#parts.work.intendShares(due, { generation, found: present, shares });
    await held.setAgents(number, shares);
    const after = await held.agentsOf(number);
    if (after === null || !isSame(after, shares)) throw notKept();
    // A write of an earlier move that arrives late is found by one more look.
    return { kind: "in-step", generation, confirmInMs: this.#parts.callDeadlineMs * 3 };
  }

  #failed({ deploymentId }: DueSafetyNet, { attempts }: SafetyNetState, error: unknown): SafetyNetOutcome {
    if (!(error instanceof VendorError) && !(error instanceof AppError)) throw error;
    const detail = error instanceof VendorError ? describeVendorError(error) : error.message;
    this.#parts.log.warn({ deploymentId, err: error }, "a safety net is behind its pointer; it is tried again");
    return { kind: "failed", detail, retryInMs: Math.min(BACKOFF_MS * 2 ** attempts, BACKOFF_CAP_MS) };
  }
}

const notKept = (): VendorError =>
  new VendorError("the vendor did not keep the agents of the number", {
    vendor: "voice agent",
    operation: "set the agents of a number",
    fault: "contract",
    effect: "unknown",
  });

const isSame = (left: readonly AgentShare[], right: readonly AgentShare[]): boolean =>
  left.length === right.length &&
  left.every((one) =>
    right.some(
      (other) =>
        other.agentId === one.agentId && other.agentVersion === one.agentVersion && other.weightBp === one.weightBp,
    ),
  );
