import type { RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import { Chance } from "../chance.ts";
import { corpusOf } from "../corpus.ts";
import { smallerOnes } from "../minimise.ts";
import { emptyTally, type Judgement, type Tally } from "../target.ts";
import { abuseTable } from "./abuse.ts";
import { ApiDocument } from "./document.ts";
import { install } from "./installation.ts";
import { makeWish, send, type Wish } from "./request.ts";
import { Rights } from "./rights.ts";
import { routeDifferences } from "./routes.ts";
import { judgementOf } from "./verdict.ts";
import { World } from "./world.ts";

/** Requests to one pair of tenants, after which there are new ones: what was suspended or removed is not in the way for long. */
const PER_WORLD = 2500;
const AT_ONCE = 8;
const MOST_TRIALS = 60;
const MOST_FAILURES = 40;

/** Made-up requests against a real API and database. `onAbuse` hears of the table of routes and roles apart from the rest. */
export async function runRest(seed: number, count: number): Promise<{ requests: Tally; abuse: Tally }> {
  const { api, stop } = await install();
  try {
    const run = new RestRun(api, seed);
    await run.abuse();
    for (let first = 0; first < count; first += PER_WORLD) await run.world(first, Math.min(PER_WORLD, count - first));
    return { requests: run.requests, abuse: run.table };
  } finally {
    await stop();
  }
}

class RestRun {
  readonly requests = emptyTally();
  readonly table = emptyTally();
  readonly #api: RunningApi;
  readonly #seed: number;
  readonly #document: ApiDocument;
  readonly #rights: Rights;
  readonly #told = new Set<string>();

  constructor(api: RunningApi, seed: number) {
    this.#api = api;
    this.#seed = seed;
    this.#document = new ApiDocument(api.document);
    this.#rights = new Rights(api);
  }

  /** The table of routes, roles and owners, and whether the document tells of the routes that there are. */
  async abuse(): Promise<void> {
    for (const violation of routeDifferences(this.#api, this.#document))
      this.table.failures.push({ target: "rest", origin: null, violation, given: null });
    const world = await World.make(this.#api, "abuse");
    const parts = { api: this.#api, document: this.#document, world, rights: this.#rights };
    for await (const { wish, judgement } of abuseTable(parts))
      this.#count(this.table, judgement, { wish, origin: null, tookMs: 0 });
    await this.#audit(world);
  }

  /** Random requests to two new tenants, beginning with those that once failed. */
  async world(first: number, count: number): Promise<void> {
    const world = await World.make(this.#api, `world-${first}`);
    if (first === 0)
      for (const wish of corpusOf("rest")) await this.#try(world, new Chance(1), { wish: wish as Wish, origin: null });
    let next = first;
    const work = async (): Promise<void> => {
      while (next < first + count) {
        const number = next++;
        const chance = new Chance(this.#seed, number);
        await this.#try(world, chance, {
          wish: makeWish(chance, this.#document, world),
          origin: `${this.#seed}/${number}`,
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.#audit(world);
  }

  async #try(world: World, chance: Chance, { wish, origin }: { wish: Wish; origin: string | null }): Promise<void> {
    const began = performance.now();
    const judgement = await this.#judged(world, chance, wish);
    const tookMs = performance.now() - began;
    const isNew = judgement.violation !== undefined && !this.#told.has(sortOf(judgement.violation));
    if (isNew) this.#told.add(sortOf(judgement.violation ?? ""));
    const smallest = isNew ? await this.#smallest(world, wish, judgement.violation ?? "") : wish;
    this.#count(this.requests, judgement, { wish: smallest, origin, tookMs });
  }

  async #judged(world: World, chance: Chance, wish: Wish): Promise<Judgement> {
    const operation = this.#document.operations.find(({ name }) => name === wish.operation);
    if (operation === undefined) return { kind: "no such operation any more" };
    const exchanged = await send(this.#api, world, operation, { chance, wish });
    const judges = { document: this.#document, rights: this.#rights, world };
    const judgement = judgementOf(judges, operation, exchanged);
    world.learn(exchanged.asker, operation.path, exchanged);
    return judgement;
  }

  /** The wish with everything left out without which the violation stays. */
  async #smallest(world: World, wish: Wish, violation: string): Promise<Wish> {
    let best = wish;
    for (let trials = 0, hasShrunk = true; hasShrunk && trials < MOST_TRIALS;) {
      hasShrunk = false;
      for (const smaller of smallerOnes(best)) {
        if (++trials > MOST_TRIALS) break;
        const judgement = await this.#judged(world, new Chance(1), smaller as Wish).catch(() => null);
        if (judgement?.violation === undefined || sortOf(judgement.violation) !== sortOf(violation)) continue;
        best = smaller as Wish;
        hasShrunk = true;
        break;
      }
    }
    return best;
  }

  #count(
    tally: Tally,
    { kind, violation }: Judgement,
    { wish, origin, tookMs }: { wish: Wish; origin: string | null; tookMs: number },
  ) {
    tally.cases += 1;
    tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
    tally.slowestMs = Math.max(tally.slowestMs, tookMs);
    if (tally.cases % 100 === 0) tally.heapPeakBytes = Math.max(tally.heapPeakBytes, process.memoryUsage().heapUsed);
    if (violation !== undefined && tally.failures.length < MOST_FAILURES)
      tally.failures.push({ target: "rest", origin, violation, given: wish });
  }

  /** After all that, the logs of both tenants and of the platform hold together. */
  async #audit(world: World): Promise<void> {
    for (const name of ["first auditor", "second auditor", "platform"]) {
      const { status, body } = await this.#api.ask(world.asker(name).key, "GET", "/v1/audit/verify");
      if (status === 200 && body.intact === true) continue;
      const violation = `the audit log of ${name} does not hold: ${status} ${JSON.stringify(body).slice(0, 200)}`;
      this.requests.failures.push({ target: "rest", origin: null, violation, given: null });
    }
  }
}

/** The violation without ids and numbers. */
const sortOf = (violation: string): string => violation.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "#").slice(0, 90);
