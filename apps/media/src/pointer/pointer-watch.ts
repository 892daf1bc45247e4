import type { Secret } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Slot } from "@tandem/domain/slot";
import type { MediaNodeName, PointerFeed, PointerMove, ServedDeployment } from "@tandem/ports/store/pointer-feed";
import { type Logger, rateLimited } from "@tandem/telemetry";
import { readOrders, removeOrder, type OperatorOrder } from "./operator-file.ts";
import type { ServedDeployments } from "./served-deployments.ts";

export interface PointerWatchOptions {
  readonly feed: PointerFeed;
  readonly node: MediaNodeName;
  /** Resolves when the tables have every call that was answered so far: true, or false when that takes longer than a poll. */
  readonly delivered: () => Promise<boolean>;
  readonly served: ServedDeployments;
  readonly dataDir: string;
  readonly ticketKey: Secret;
  readonly pollMs: number;
  readonly log: Logger;
  /** A deployment that the database has not listed for this long is forgotten, milliseconds. */
  readonly forgetAfterMs?: number;
  readonly onForget?: (deploymentId: string) => void;
}

export interface PointerWatchState {
  /** Monotonic milliseconds since the last successful comparison with the database; null before the first. */
  readonly staleForMs: number | null;
  readonly hasLoaded: boolean;
  readonly polls: number;
  readonly failedPolls: number;
}

const FORGET_AFTER_MS = 24 * 3_600_000;
const POLL_DEADLINE_MS = 5000;
const REFRESH_DEADLINE_MS = 2000;

type Listening = Awaited<ReturnType<PointerFeed["listen"]>>;

/** Keeps `ServedDeployments` in step with the database: notifications for speed, a poll that compares every generation for truth. */
export class PointerWatch {
  readonly #options: PointerWatchOptions;
  readonly #marks = new Map<string, string>();
  readonly #bundles = new Map<string, WeakRef<ReleaseBundle>>();
  readonly #reloads = new Map<string, { again: boolean; done: Promise<void> }>();
  readonly #alarm: (error: unknown) => void;
  #confirmed: ReadonlyMap<string, OperatorOrder> = new Map();
  #listening: Listening | null = null;
  #timer: NodeJS.Timeout | null = null;
  #telling: Promise<void> | null = null;
  /** The tables know of this node. */
  #isKnown = false;
  #isStopped = false;
  #starting: Promise<void> = Promise.resolve();
  #lastPollAtMs: number | null = null;
  #polls = 0;
  #failedPolls = 0;

  constructor(options: PointerWatchOptions) {
    this.#options = options;
    this.#alarm = rateLimited(10_000, (leftOut, error) =>
      options.log.warn(
        { err: error, leftOut, staleForMs: this.state.staleForMs },
        "pointers are served from memory: the database does not answer",
      ),
    );
  }

  get state(): PointerWatchState {
    return {
      staleForMs: this.#lastPollAtMs === null ? null : performance.now() - this.#lastPollAtMs,
      hasLoaded: this.#lastPollAtMs !== null,
      polls: this.#polls,
      failedPolls: this.#failedPolls,
    };
  }

  /** How notifications reach this node: `hearing`, `poll-only` when none arrive, `connecting` while the database is away. */
  get notices(): string {
    return this.#listening === null ? "connecting" : (this.#listening.state ?? "hearing");
  }

  /** Reads one deployment anew for a smoke call, within two seconds or not at all. */
  async refresh(deploymentId: string): Promise<void> {
    await withDeadline(this.reload(deploymentId), REFRESH_DEADLINE_MS).catch(this.#alarm);
  }

  /** Listens, compares once, and goes on polling. Resolves also when the database is away. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    await this.#obeyOrders();
    await this.#listen();
    await this.poll();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#starting;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#listening?.close().catch(() => undefined);
    await Promise.all([...this.#reloads.values()].map(({ done }) => done));
    await this.#leave();
  }

  /** Compares the marks of all deployments and reloads what differs. */
  async poll(): Promise<void> {
    await this.#obeyOrders();
    try {
      const { at, marks } = await withDeadline(this.#options.feed.marks(), POLL_DEADLINE_MS);
      const changed = [...marks].filter(([id, mark]) => this.#marks.get(id) !== mark);
      for (const group of chunks(changed, 8)) await Promise.all(group.map(([id, mark]) => this.#reloadTo(id, mark)));
      this.#noteGone(marks);
      this.#lastPollAtMs = performance.now();
      this.#polls += 1;
      this.#confirm(at);
    } catch (error) {
      this.#failedPolls += 1;
      this.#alarm(error);
    }
  }

  /** Tells the tables which look this node serves; not while it keeps a pointer of its own against theirs. */
  #confirm(lookedAt: string): void {
    if (this.#isStopped || this.#options.served.all().some(({ alarm }) => alarm?.kind === "lower-generation")) return;
    this.#telling ??= this.#tell(lookedAt)
      .catch(this.#alarm)
      .finally(() => (this.#telling = null));
  }

  /** Only once they have the calls that were answered before: whoever waits for the look counts them next. */
  async #tell(lookedAt: string): Promise<void> {
    const { feed, node, delivered } = this.#options;
    if (!(await delivered()) || this.#isStopped) return;
    await withDeadline(feed.confirm(node, lookedAt), POLL_DEADLINE_MS);
    this.#isKnown = true;
  }

  /** Nobody waits for a node that answers no calls any more. */
  async #leave(): Promise<void> {
    await this.#telling; // it must not come after the leaving
    const { feed, node } = this.#options;
    if (this.#isKnown) await withDeadline(feed.leave(node.id), REFRESH_DEADLINE_MS).catch(this.#alarm);
  }

  /** Reads one deployment anew; reads of the same deployment never overlap, so that the later one wins. */
  async reload(deploymentId: string): Promise<void> {
    const running = this.#reloads.get(deploymentId);
    if (running !== undefined) {
      running.again = true;
      return running.done;
    }
    const entry = { again: false, done: Promise.resolve() };
    this.#reloads.set(deploymentId, entry);
    entry.done = this.#reloadUntilQuiet(deploymentId, entry).finally(() => this.#reloads.delete(deploymentId));
    return entry.done;
  }

  async #reloadUntilQuiet(deploymentId: string, entry: { again: boolean }): Promise<void> {
    do {
      entry.again = false;
      const deployment = await this.#options.feed.deployment(deploymentId);
      if (deployment !== null) this.#accept(deployment, await this.#bundlesOf(deployment));
    } while (entry.again);
  }

  /**
   * Takes a move from its notice, which is sooner than reading: only on exactly what it moves from, and never beside a read, whose older
   * answer would come after it. False when the deployment must be read. The poll reads it anew in either case.
   */
  #take(deploymentId: string, { from, to, pointer }: PointerMove): boolean {
    const present = this.#options.served.get(deploymentId);
    if (present === undefined || this.#reloads.has(deploymentId) || present.deployment.mark !== from) return false;
    const moved = { ...present.deployment.pointer, ...pointer };
    this.#accept({ ...present.deployment, pointer: moved, mark: to }, present.bundles);
    return true;
  }

  #accept(deployment: ServedDeployment, bundles: Partial<Record<Slot, ReleaseBundle>>): void {
    const { served, log, dataDir } = this.#options;
    const id = deployment.deploymentId;
    const isLineageConfirmed = this.#confirmed.get(id)?.order === "accept-lineage";
    const before = served.get(id);
    const acceptance = served.accept(deployment, bundles, { isLineageConfirmed });
    if (before !== undefined && acceptance !== "lower-generation") this.#tellCredentials(before.deployment, deployment);
    if (acceptance === "lower-generation") {
      if (before?.alarm?.kind !== "lower-generation")
        log.error(
          { deploymentId: id, ours: before?.pointer.generation, theirs: deployment.pointer.generation },
          "the database went back in time: this node keeps its own pointer until an operator confirms the new lineage",
        );
    } else if (isLineageConfirmed || (before?.pin != null && served.get(id)?.pin === null)) {
      log.warn(
        { deploymentId: id, generation: deployment.pointer.generation },
        "an operator's order on this node has been reconciled with the database",
      );
      void removeOrder(dataDir, id);
    }
  }

  /** A rotation is told by each node that has it. */
  #tellCredentials(before: ServedDeployment, { deploymentId, connections }: ServedDeployment): void {
    for (const [connectionId, { credentialVersion }] of Object.entries(connections)) {
      const known = before.connections[connectionId]?.credentialVersion;
      if (known !== undefined && known !== credentialVersion)
        this.#options.log.info(
          { deploymentId, connectionId, credentialVersion },
          "another credential is in force here",
        );
    }
  }

  async #reloadTo(deploymentId: string, mark: string): Promise<void> {
    await this.reload(deploymentId);
    this.#marks.set(deploymentId, mark);
  }

  async #bundlesOf(deployment: ServedDeployment): Promise<Partial<Record<Slot, ReleaseBundle>>> {
    const bundles: Partial<Record<Slot, ReleaseBundle>> = {};
    for (const slot of ["blue", "green"] as const) {
      const hash = deployment.slots[slot].bundleHash;
      const bundle = hash === null ? null : await this.#bundle(hash, deployment.deploymentId);
      if (bundle !== null) bundles[slot] = bundle;
    }
    return bundles;
  }

  /** A bundle never changes: what any deployment of this node already holds is not read again. */
  async #bundle(hash: string, deploymentId: string): Promise<ReleaseBundle | null> {
    const present = this.#options.served.get(deploymentId);
    for (const slot of ["blue", "green"] as const) {
      if (present?.deployment.slots[slot].bundleHash === hash && present.bundles[slot] !== undefined)
        return present.bundles[slot];
    }
    const cached = this.#bundles.get(hash)?.deref();
    if (cached !== undefined) return cached;
    const bundle = await this.#options.feed.bundle(hash);
    if (bundle !== null) this.#bundles.set(hash, new WeakRef(bundle));
    return bundle;
  }

  #noteGone(marks: ReadonlyMap<string, string>): void {
    const { served, forgetAfterMs = FORGET_AFTER_MS, onForget } = this.#options;
    for (const { deployment, alarm } of served.all()) {
      const id = deployment.deploymentId;
      if (marks.has(id)) continue;
      this.#marks.delete(id);
      served.markGone(id);
      if (alarm?.kind === "gone" && Date.now() - alarm.since > forgetAfterMs) {
        served.remove(id);
        onForget?.(id);
      }
    }
  }

  /** Puts an operator's signed orders in force; they work without the database. */
  async #obeyOrders(): Promise<void> {
    const { served, dataDir, ticketKey, log } = this.#options;
    const orders = await readOrders(dataDir, ticketKey, Date.now());
    this.#confirmed = orders;
    for (const { deployment, pin, alarm } of served.all()) {
      const id = deployment.deploymentId;
      const order = orders.get(id);
      if (order?.order === "pin" && pin?.madeAtMs !== order.madeAtMs) {
        if (served.pin(id, order))
          log.warn({ deploymentId: id, slot: order.slot }, "an operator pinned this slot by hand");
        else await removeOrder(dataDir, id);
      } else if (order?.order !== "pin" && pin !== null) {
        served.pin(id, null);
        log.warn({ deploymentId: id }, "the pin on this node was lifted");
      }
      if (order?.order === "accept-lineage" && alarm?.kind === "lower-generation") this.#marks.delete(id);
    }
  }

  async #listen(): Promise<void> {
    const { feed } = this.#options;
    const onMove = (id: string, move?: PointerMove) => {
      if (move === undefined || !this.#take(id, move)) void this.reload(id).catch(this.#alarm);
    };
    const onResync = () => void this.poll();
    try {
      this.#listening = await withDeadline(feed.listen(onMove, onResync), POLL_DEADLINE_MS);
    } catch (error) {
      this.#alarm(error);
    }
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#tick(), this.#options.pollMs);
  }

  async #tick(): Promise<void> {
    if (this.#listening === null) await this.#listen();
    await this.poll();
    this.#schedule();
  }
}

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Rejects when the database neither answers nor fails in time; a late answer is ignored. */
function withDeadline<Result>(work: Promise<Result>, deadlineMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
