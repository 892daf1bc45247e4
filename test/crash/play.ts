import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { PeerGone } from "./conversation.ts";
import type { PrivateServer } from "./private-server.ts";
import type { Site } from "./site.ts";
import type { Click, Preparing } from "./ways.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** The newest rollout as its row says. */
export interface Seen {
  readonly id: string;
  readonly phase: string;
  readonly heldPhase: string | null;
  readonly reason: { readonly code: string; readonly detail: string; readonly nextAction: string } | null;
}

export const ENDED: ReadonlySet<string> = new Set(["succeeded", "aborted", "rolled-back", "failed"]);
const PATIENCE_MS = 60_000;
const MOST_RESUMES = 5;

/** One site being played on: clicks, looks, and workers that move it on. */
export class Play {
  readonly site: Site;
  readonly #server: PrivateServer;
  readonly #control: ControlStore;
  /** Holds that somebody had to resume, by code of their reason. */
  readonly holds: string[] = [];
  /** What the engine threw, by message. */
  readonly thrown: string[] = [];

  constructor(site: Site, server: PrivateServer, control: ControlStore) {
    this.site = site;
    this.#server = server;
    this.#control = control;
  }

  /** The newest rollout; null before the first. */
  async seen(): Promise<Seen | null> {
    const [row] = await this.#server.rows<Seen>(
      'SELECT id, phase, held_phase AS "heldPhase", reason FROM rollout WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1',
      [this.site.actor.tenantId],
    );
    return row ?? null;
  }

  /** Clicks undisturbed. */
  async click({ method, args }: Click): Promise<void> {
    const act = this.#control[method] as (...given: readonly unknown[]) => Promise<unknown>;
    const actor = { ...this.site.actor, effectId: idLike() };
    await patiently(() => act.call(this.#control, actor, ...args));
  }

  /**
   * Clicks in a process that may be hurt meanwhile, and again (with the same effect id, as the API does for the same Idempotency-Key)
   * until it is done. A refusal of the repetition is the first click's success.
   */
  async clickThrough(click: Click, clickers: () => Promise<WorkerProcess>): Promise<void> {
    const actor = { ...this.site.actor, effectId: idLike() };
    for (let attempt = 1; ; attempt += 1) {
      const clicker = await clickers();
      try {
        await clicker.click(click.method, actor, ...click.args);
        return;
      } catch (error) {
        const isRefusal = error instanceof AppError && error.code !== "database_unavailable";
        if (isRefusal && attempt > 1) return;
        if (isRefusal || attempt === 5) throw error;
        this.thrown.push((error as Error).message);
      }
    }
  }

  /** One advance of a worker; what it throws is remembered, and null answered. */
  async advance(worker: WorkerProcess): Promise<string | null> {
    try {
      return await worker.advance(this.site.actor.tenantId, this.site.deploymentId);
    } catch (error) {
      this.thrown.push(error instanceof PeerGone ? `${worker.name} died` : (error as Error).message);
      return null;
    }
  }

  /** Lets a worker work until the newest rollout is in one of the phases; resumes holds that name a reason. Throws when it takes too long. */
  async until(worker: WorkerProcess, phases: ReadonlySet<string>, onHold = true): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await this.seen();
      if (seen !== null && phases.has(seen.phase)) return;
      if (performance.now() > endMs) throw new Error(`stuck in ${seen?.phase} (${JSON.stringify(seen?.reason)})`);
      if (seen?.phase === "held" && onHold) await this.#resume(seen, worker);
      await this.advance(worker);
      await sleep(15);
    }
  }

  async #resume(seen: Seen, worker: WorkerProcess): Promise<void> {
    if (this.holds.length >= MOST_RESUMES) throw new Error(this.#heldAgain(seen, worker));
    const now = await this.seen();
    if (now?.phase !== "held") return;
    this.holds.push(seen.reason?.code ?? "without a reason");
    await this.click({ method: "requestOfRollout", args: [seen.id, "resume", null] });
  }

  #heldAgain({ heldPhase, reason }: Seen, { logged }: WorkerProcess): string {
    const last = reason === null ? "" : ` (${reason.detail})`;
    const told = logged.slice(-3).map((line) => `; ${line}`);
    return `held again and again in ${heldPhase}: ${this.holds.join(", ")}${last}${told.join("")}`;
  }

  preparing(worker: WorkerProcess): Preparing {
    return {
      site: this.site,
      click: (click) => this.click(click),
      until: (phase) => this.until(worker, new Set([phase])),
      rolloutId: async () => (await this.seen())?.id ?? "",
    };
  }
}

/** Does something again that a machine without time for it made fail; for what is to be undisturbed. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 8 || !(error instanceof AppError) || error.code !== "database_unavailable") throw error;
      await sleep(300 * attempt);
    }
  }
}

/** A UUID that sorts with the moment it is made, as ids of rollouts do. */
function idLike(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(15)}`;
}
