import type { ControlStore } from "@tandem/ports/store/control";
import type { SeededRng } from "@tandem/testkit";
import { checkSite } from "./check.ts";
import type { GroundTruth } from "./ground-truth.ts";
import { ENDED, patiently, Play } from "./play.ts";
import type { PrivateServer } from "./private-server.ts";
import { openSite, type Site } from "./site.ts";
import { COMMIT_POINT, type Strike } from "./strike.ts";
import { readTables, type Tables } from "./tables.ts";
import type { Way } from "./ways.ts";
import { WorkerProcess } from "./worker-process.ts";

/** How a cell came out. */
export interface CellResult {
  readonly hasStruck: boolean;
  readonly violations: readonly string[];
  readonly holds: readonly string[];
  readonly thrown: readonly string[];
}

/** What a way comes to when nobody disturbs it: true effects and moves, told without ids. */
export type Outcome = readonly string[];

/** What an undisturbed run shows. */
export interface Recording {
  /** Fault points passed on the way, each as often as it was. */
  readonly passed: readonly string[];
  readonly outcome: Outcome;
}

/** Two workers that play one cell after the other: the first is hurt, the second recovers. */
export class Lane {
  readonly name: string;
  readonly #server: PrivateServer;
  readonly #control: ControlStore;
  readonly #truths: Map<string, GroundTruth>;
  #first: Promise<WorkerProcess>;
  #second: Promise<WorkerProcess>;
  #born = 0;

  constructor(
    name: string,
    parts: {
      readonly server: PrivateServer;
      readonly control: ControlStore;
      readonly truths: Map<string, GroundTruth>;
    },
  ) {
    this.name = name;
    this.#server = parts.server;
    this.#control = parts.control;
    this.#truths = parts.truths;
    this.#first = this.#spawn();
    this.#second = this.#spawn();
  }

  #spawn(): Promise<WorkerProcess> {
    const name = `${this.name}-${(this.#born += 1)}`;
    const truthOf = (tenantId: string): GroundTruth => this.#truths.get(tenantId) as GroundTruth;
    const started = WorkerProcess.start(name, { server: this.#server, truthOf });
    started.catch(() => {});
    return started;
  }

  /** The worker that is hurt; a new one when the last has died. */
  async hurt(): Promise<WorkerProcess> {
    if ((await this.#first).isDead) this.#first = this.#spawn();
    return this.#first;
  }

  /** The one that recovers; a new one when a schedule has killed it. */
  async healthy(): Promise<WorkerProcess> {
    if ((await this.#second).isDead) this.#second = this.#spawn();
    return this.#second;
  }

  async close(): Promise<void> {
    const workers = await Promise.allSettled([this.#first, this.#second]);
    for (const each of workers) if (each.status === "fulfilled") await each.value.stop();
  }

  async play(hostility: { readonly rng: SeededRng } | null = null): Promise<Play> {
    const site = await patiently(() => openSite(this.#control, hostility));
    this.#truths.set(site.actor.tenantId, site.truth);
    return new Play(site, this.#server, this.#control);
  }

  /** A play is over; its vendors are not kept. */
  forget({ site }: Play): void {
    this.#truths.delete(site.actor.tenantId);
  }

  /** The undisturbed run of a way; with `lead` a fault strikes at its beginning and the rest is recorded. */
  async record(way: Way, lead: readonly Strike[] = []): Promise<Recording> {
    const play = await this.play();
    const worker = await this.hurt();
    await way.prepare(play.preparing(await this.healthy()));
    const marks = await this.#mark(play.site);
    await worker.arm(lead);
    const click = await way.click(play.preparing(worker));
    await play.clickThrough(click, () => this.hurt());
    await play.until(worker, new Set([way.end]));
    const passed = await worker.passed();
    const outcome = await this.#outcome(play.site, marks);
    await worker.disarm();
    return { passed, outcome };
  }

  /** Plays a way with strikes at its fault points, recovers, and checks. `undisturbed` is what it has to come to. */
  async cell(way: Way, strikes: readonly Strike[], undisturbed: Outcome): Promise<CellResult> {
    const play = await this.play();
    const worker = await this.hurt();
    const violations: string[] = [];
    let hasStruck = false;
    try {
      await way.prepare(play.preparing(await this.healthy()));
      const marks = await this.#mark(play.site);
      await worker.arm(strikes);
      const click = await way.click(play.preparing(worker));
      const isClick = strikes.some(({ point }) => point === COMMIT_POINT);
      await (isClick ? play.clickThrough(click, () => this.hurt()) : play.click(click));
      if (!isClick) await this.#disturb(play, worker, new Set([way.end, "held"]));
      hasStruck = await worker.disarm();
      await play.until(await this.healthy(), new Set([way.end]));
      violations.push(...(await this.#differences(play, marks, undisturbed)));
      await this.#finish(play);
      violations.push(...checkSite(await readTables(this.#server, play.site.actor.tenantId), play.site.truth));
    } catch (error) {
      violations.push(`I8 ${(error as Error).message}`);
    } finally {
      await worker.disarm();
      this.forget(play);
    }
    return { hasStruck, violations, holds: play.holds, thrown: play.thrown };
  }

  /** Lets the doomed worker work until everything armed has struck and been felt, it has died, or it has come to the end. */
  async #disturb(play: Play, worker: WorkerProcess, ends: ReadonlySet<string>): Promise<void> {
    for (let looks = 0; looks < 400; looks += 1) {
      const felt = play.thrown.length;
      await play.advance(worker);
      if (worker.isDead) return;
      if (play.thrown.length > felt && (await worker.left().catch(() => 0)) === 0) return;
      if (ends.has((await play.seen())?.phase ?? "")) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Brings what the way has left open to its end: a rollout that waits for a person is promoted. */
  async #finish(play: Play): Promise<void> {
    const seen = await play.seen();
    if (seen?.phase === "awaiting-promotion")
      await play.click({ method: "requestOfRollout", args: [seen.id, "promote", null] });
    await play.until(await this.healthy(), ENDED);
  }

  async #mark({ truth, actor }: Site): Promise<Marks> {
    const { history } = await readTables(this.#server, actor.tenantId);
    return { effects: truth.world.ledger.length, moves: history.length };
  }

  async #differences(play: Play, marks: Marks, undisturbed: Outcome): Promise<string[]> {
    const outcome = await this.#outcome(play.site, marks);
    const missing = undisturbed.filter((line) => !outcome.includes(line));
    const extra = outcome.filter((line) => !undisturbed.includes(line));
    return outcome.join("\n") === undisturbed.join("\n")
      ? []
      : [
          `I3 not as undisturbed: missing ${missing.join(", ") || "nothing"}; beyond it ${extra.join(", ") || "something twice"}`,
        ];
  }

  async #outcome({ truth, actor }: Site, marks: Marks): Promise<Outcome> {
    const tables = await readTables(this.#server, actor.tenantId);
    const effects = truth.world.ledger.slice(marks.effects).map(({ verb, kind }) => `${verb} ${kind}`);
    const moves = tables.history.slice(marks.moves).map(({ active }) => `pointer to ${active}`);
    return [...effects.toSorted(), ...moves, ...boundOf(tables)];
  }
}

interface Marks {
  readonly effects: number;
  readonly moves: number;
}

const boundOf = ({ bindings, slots }: Tables): string[] => [
  ...bindings.map(({ address, slot }) => `${address}@${slot}`).toSorted(),
  ...slots.map(({ slot, state }) => `${slot} ${state}`).toSorted(),
];
