import { setTimeout as sleep } from "node:timers/promises";
import type { Office } from "../e2e/harness/office.ts";
import type { City } from "./city.ts";
import type { WireState } from "../e2e/harness/bad-wire.ts";
import { goBack } from "./traffic.ts";
import type { Twin } from "./twin.ts";

/** One kind of trouble. Answers when it is over. */
type Trouble = (city: City, times: NemesisTimes) => Promise<void>;

export interface NemesisTimes {
  readonly leaseMs: number;
  /** How long Redis stays away. */
  readonly outageMs: number;
  /** How long a wire stays bad. */
  readonly wireMs: number;
  /** Longest calm between two troubles. */
  readonly calmMs: number;
}

const killWorker: Trouble = async (city) => {
  const worker = await busiest(city);
  const held = await heldBy(city, worker);
  const diedMs = performance.now();
  await Promise.all([worker.kill(), ...held.map((lease) => takeover(city, lease, diedMs))]);
};

/** How long it waits for a release that can be taken back: without one there is nothing to press. */
const FOR_A_BAKE_MS = 8000;

/** A worker stands still for twice its lease; a rollback pressed meanwhile does not wait for it. */
const pauseWorker: Trouble = async (city, { leaseMs }) => {
  const giveUpMs = performance.now() + FOR_A_BAKE_MS;
  while ((await bakingOffice(city)) === undefined && performance.now() < giveUpMs) await sleep(50);
  const worker = await busiest(city);
  const untilMs = performance.now() + leaseMs * 2;
  const standing = worker.pause(leaseMs * 2);
  city.workersPaused += 1;
  for (let clicks = 0; performance.now() < untilMs && clicks < 2;) {
    const office = await bakingOffice(city);
    if (office === undefined) await sleep(100);
    else clicks += await goBack(city, office).then(() => 1);
  }
  await standing;
  city.workersPaused -= 1;
};

/** An office from whose newest release callers can be taken back. */
async function bakingOffice({ server, offices }: City): Promise<Office | undefined> {
  const baking = await server.rows<{ id: string }>("SELECT deployment_id AS id FROM rollout WHERE phase = 'baking'");
  return offices.find(({ deploymentId }) => baking.some(({ id }) => id === deploymentId));
}

const onWire =
  (state: WireState): Trouble =>
  async (city, { wireMs }) => {
    const nth = city.rng.between(0, 1);
    const wire = city.wires[nth];
    const twins = [city.apis[nth], city.workers[nth], city.media[nth]].filter((twin) => twin !== undefined);
    await Promise.all(
      twins.map((twin) =>
        twin.during(async () => {
          if (wire !== undefined) wire.state = state;
          await sleep(wireMs);
          if (wire !== undefined) wire.state = "good";
        }),
      ),
    );
  };

const restartDatabase: Trouble = async (city) => {
  const all = [...city.apis, ...city.workers, ...city.media];
  let isBack: Promise<void> | undefined;
  await Promise.all(all.map((twin) => twin.during(() => (isBack ??= city.server.restartImmediately()))));
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  "kill a worker": killWorker,
  "kill an API": async ({ rng, apis }) => rng.pick(apis).kill(),
  "kill a media node": async ({ rng, media }) => rng.pick(media).kill(),
  "worker stands still": pauseWorker,
  "wire slow": onWire("slow"),
  "wire cut": onWire("cut"),
  "wire half-open": onWire("half-open"),
  "wire one byte a second": onWire("trickle"),
  "database restarted": restartDatabase,
};

const REDIS_TROUBLES: Readonly<Record<string, Trouble>> = {
  "Redis flushed": async ({ redis }) => redis?.flush(),
  "Redis away": async ({ redis }, { outageMs }) => {
    await redis?.kill();
    await sleep(outageMs);
    await redis?.start();
  },
};

/** Troubles in random order, each kind once before any comes again, until told to stop. */
export async function torment(city: City, times: NemesisTimes, signal: AbortSignal): Promise<void> {
  const kinds = { ...TROUBLES, ...(city.redis === null ? {} : REDIS_TROUBLES) };
  let left: string[] = [];
  while (!signal.aborted) {
    if (left.length === 0) left = Object.keys(kinds);
    const [name = ""] = left.splice(city.rng.between(0, left.length - 1), 1);
    await sleep(city.rng.between(200, times.calmMs));
    if (signal.aborted) return;
    city.measures.nemesis.set(name, (city.measures.nemesis.get(name) ?? 0) + 1);
    await kinds[name]?.(city, times);
  }
}

interface Held {
  readonly id: string;
  readonly epoch: number;
}

const heldBy = (city: City, worker: Twin): Promise<Held[]> =>
  city.server.rows<Held>(
    "SELECT id, lease_epoch AS epoch FROM deployment WHERE lease_owner LIKE $1 AND lease_until > clock_timestamp()",
    [`worker-${worker.pid}-%`],
  );

/** The first worker seen to hold a lease; any when none does for a while. */
async function busiest(city: City): Promise<Twin> {
  for (let looks = 0; looks < 150; looks += 1) {
    for (const worker of city.workers) if ((await heldBy(city, worker)).length > 0) return worker;
    await sleep(20);
  }
  return city.rng.pick(city.workers);
}

/**
 * How long until another worker writes on what a dead one held: its claim is the first write. A click on rollback moves the epoch too,
 * and leaves no owner. Nothing is owed where no rollout is live any more.
 */
async function takeover(city: City, { id, epoch }: Held, diedMs: number): Promise<void> {
  while (performance.now() - diedMs < 60_000) {
    const [row] = await city.server.rows<{ epoch: number; owner: string | null; isLive: boolean }>(
      `SELECT lease_epoch AS epoch, lease_owner AS owner, EXISTS (SELECT FROM rollout r WHERE r.deployment_id = d.id
         AND r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')) AS "isLive" FROM deployment d WHERE id = $1`,
      [id],
    );
    if (row !== undefined && row.epoch > epoch && row.owner !== null)
      return void city.measures.takeoverMs.push(performance.now() - diedMs);
    if (row?.isLive === false) return;
    await sleep(25);
  }
  city.measures.violations.push(`I8 nobody took over ${id} within a minute`);
}
