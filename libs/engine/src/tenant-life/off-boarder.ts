import { nextOffBoardingMove } from "@tandem/domain/tenant";
import { AppError, fault } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { ClaimedOffBoarding, OffBoardingWork } from "@tandem/ports/store/tenant-life";
import type { EngineLog } from "../context.ts";

/** What moves off-boardings on. */
export interface OffBoarderDependencies {
  readonly work: OffBoardingWork;
  /** Where recordings lie; null without a bucket: then each node has its own and removes them when their days are over. */
  readonly objects: Pick<ObjectStore, "remove"> | null;
  readonly workerId: string;
  readonly log: EngineLog;
  readonly leaseMs: number;
  /** How long a node may still put callers on a release that it has not seen diverted. */
  readonly pointerLagMs: number;
  /** Pause between two looks at what it waits for. */
  readonly checkMs: number;
  readonly concurrency: number;
}

const MOST_MOVES = 10_000;

/**
 * Takes tenants off the platform, each by the moves of `nextOffBoardingMove`. Every move is one transaction under a fence, and what
 * happens at vendors goes through rollouts, so that a process may die anywhere: another one goes on from what is written.
 */
export class OffBoarder {
  readonly #parts: OffBoarderDependencies;

  constructor(parts: OffBoarderDependencies) {
    this.#parts = parts;
  }

  /** Takes up what is due; answers how many. One that fails is tried again when its claim has expired. */
  async runDue(): Promise<number> {
    const { work, workerId, concurrency, leaseMs, log } = this.#parts;
    const claimed = await work.claimOffBoardings(workerId, concurrency, leaseMs);
    const ended = await Promise.allSettled(claimed.map((claim) => this.#run(claim)));
    for (const [index, result] of ended.entries())
      if (result.status === "rejected" && !isLeaseLost(result.reason))
        log.error(
          { offBoardingId: claimed[index]?.id, err: result.reason as unknown },
          "an off-boarding failed; it is tried again",
        );
    return claimed.length;
  }

  async #run(claim: ClaimedOffBoarding): Promise<void> {
    for (let moves = 0; moves < MOST_MOVES; moves++) if (!(await this.#move(claim))) return;
  }

  /** False: it waits, or is over. */
  async #move(claim: ClaimedOffBoarding): Promise<boolean> {
    const { work, pointerLagMs, checkMs } = this.#parts;
    await fault("off-boarding.look");
    const move = nextOffBoardingMove(await work.offBoardingView(claim), pointerLagMs);
    if (move.kind === "none") return false;
    if (move.kind === "erase") return this.#erase(claim);
    await work.moveOffBoarding(claim, move, checkMs);
    await fault("off-boarding.moved");
    return move.kind !== "wait";
  }

  /** Recordings first, each before the event that says where it lies; then the rows. */
  async #erase(claim: ClaimedOffBoarding): Promise<boolean> {
    const { work, objects, checkMs } = this.#parts;
    const notes = await work.recordingsOf(claim);
    try {
      for (const { key } of notes) await objects?.remove(key);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await work.moveOffBoarding(claim, { kind: "wait", code: "storage-away", detail: error.message }, checkMs);
      return false;
    }
    await fault("off-boarding.removed");
    if (notes.length > 0)
      await work.forgetRecordings(claim, notes, objects === null ? "recordings-left-to-nodes" : "recordings");
    const isDone = notes.length === 0 && (await work.eraseSome(claim));
    await fault("off-boarding.moved");
    return !isDone;
  }
}

const isLeaseLost = (error: unknown): boolean => error instanceof AppError && error.code === "lease_lost";
