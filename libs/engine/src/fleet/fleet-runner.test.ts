// The runner over a fleet in memory, on virtual time: workers die at every boundary, tenants are noisy, vendors slow, releases bad.
import { allowedFailures, type PlannedWave, planWaves, type WaveLimits } from "@tandem/domain/fleet";
import { setFaultHook } from "@tandem/kernel";
import { MemoryFleet, memberRelease, type MemoryMember, type RolloutCourse, SeededRng } from "@tandem/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { FleetRunner } from "./fleet-runner.ts";

afterEach(() => setFaultHook(undefined));

const MINUTE_MS = 60_000;
const LEASE_MS = 15_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Key {
  readonly tenantId: string;
  readonly deploymentId: string;
}

interface Story {
  readonly keys: readonly Key[];
  readonly limits: Partial<WaveLimits>;
  readonly courseOf: (deploymentId: string, rng: SeededRng) => RolloutCourse;
  /** Chance that a worker dies at a boundary. */
  readonly deaths: number;
  /** Longest pause between two looks beyond what the fleet asks for; 20 s when absent. */
  readonly longestIdleMs?: number;
  readonly rings?: Parameters<typeof planWaves>[1]["rings"];
}

const wavesOf = ({ keys, limits, rings }: Story): readonly PlannedWave<Key>[] =>
  planWaves(
    keys.map((key) => ({ ...key, isEarlyAccess: false, runsManifest: "old", isLive: true, isTaken: false })),
    {
      manifestHash: "new",
      rings: rings ?? [{ name: "rest", members: { rest: true } }],
      limits,
      includesNeverLive: false,
      seed: "seed",
    },
  ).waves;

/** A fleet with its workers and its time. */
class World {
  nowMs = 0;
  readonly fleet: MemoryFleet;
  readonly rng: SeededRng;
  deaths = 0;
  #workers = 0;
  #died: () => void = () => undefined;
  readonly #story: Story;

  constructor(story: Story, seed: number) {
    this.rng = new SeededRng(seed);
    this.#story = story;
    const courses = new Map(
      story.keys.map(({ deploymentId }) => [deploymentId, story.courseOf(deploymentId, this.rng)]),
    );
    this.fleet = new MemoryFleet({
      waves: wavesOf(story),
      patience: { heldMs: 10 * MINUTE_MS, waitMs: DAY_MS },
      nowMs: () => this.nowMs,
      courseOf: (deploymentId) => courses.get(deploymentId) ?? { takesMs: 0, ends: "succeeded" },
    });
    setFaultHook(() => this.#boundary());
  }

  /** One worker after the other, each until it dies, for as long as `isWanted`. */
  async live(isWanted: () => boolean, untilMs = 60 * DAY_MS): Promise<void> {
    let worker = this.#newWorker();
    while (isWanted() && this.nowMs < untilMs) {
      const death = new Promise<"died">((resolve) => (this.#died = () => resolve("died")));
      if ((await Promise.race([worker.runDue(), death])) === "died") worker = this.#newWorker();
      const idleMs = Math.max(0, (this.fleet.dueAtMs ?? this.nowMs) - this.nowMs);
      this.nowMs += idleMs + this.rng.between(1000, this.#story.longestIdleMs ?? 20_000);
    }
  }

  /** A dead process does nothing any more: it does not even fail. */
  #boundary(): void | Promise<void> {
    if (!this.rng.chance(this.#story.deaths)) return undefined;
    this.deaths += 1;
    this.#died();
    return new Promise(() => undefined);
  }

  #newWorker(): FleetRunner {
    this.#workers += 1;
    return new FleetRunner({
      work: this.fleet,
      workerId: `worker-${this.#workers}`,
      leaseMs: LEASE_MS,
      concurrency: 4,
      compile: () => memberRelease,
      ring: () => undefined,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  }
}

const membersOf = (world: World): readonly MemoryMember[] => [...world.fleet.members.values()];
const isFailed = ({ state }: MemoryMember) => ["failed", "rolled-back", "aborted", "blocked"].includes(state);
const isOver = (world: World) => world.fleet.state === "completed" || world.fleet.state === "aborted";

/** So many tenants; the first `noisy` of them have so many deployments, the others one. */
const tenants = (count: number, noisy: number, each: number): readonly Key[] =>
  Array.from({ length: count }, (_, tenant) =>
    Array.from({ length: tenant < noisy ? each : 1 }, (_one, index) => ({
      tenantId: `tenant-${tenant}`,
      deploymentId: `deployment-${tenant}-${index}`,
    })),
  ).flat();

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

describe("whatever happens to its workers", () => {
  test.each(SEEDS)("every member is begun once and within the limits (seed %i)", async (seed) => {
    const rng = new SeededRng(seed * 7919);
    const limits = { concurrency: rng.between(1, 12), perTenant: rng.between(1, 4), bakeMs: rng.pick([0, MINUTE_MS]) };
    const world = new World(
      {
        keys: tenants(rng.between(3, 25), 2, rng.between(2, 12)),
        limits: { ...limits, budget: { share: 1 } },
        courseOf: (_id, random) => ({
          takesMs: random.between(0, 5 * MINUTE_MS),
          ends: random.pick(["succeeded", "succeeded", "failed", "held", "rolled-back"]),
        }),
        deaths: 0.15,
        rings: [
          { name: "one", members: { count: 1 } },
          { name: "half", members: { share: 0.5 } },
          { name: "rest", members: { rest: true } },
        ],
      },
      seed,
    );
    await world.live(() => !isOver(world));
    expect(world.fleet.state).toBe("completed");
    expect([...world.fleet.begins.values()].filter((times) => times !== 1)).toEqual([]);
    expect(world.fleet.begins.size).toBe(world.fleet.members.size);
    expect(
      membersOf(world).filter(({ state }) => ["pending", "waiting", "beginning", "running"].includes(state)),
    ).toEqual([]);
    expect(world.fleet.peak.all).toBeLessThanOrEqual(limits.concurrency);
    expect(world.fleet.peak.ofTenant).toBeLessThanOrEqual(limits.perTenant);
  });

  test("workers did die in these stories", async () => {
    const story = { keys: tenants(10, 0, 1), limits: {}, courseOf: succeeds, deaths: 0.15 } as const;
    const world = new World(story, 1);
    await world.live(() => !isOver(world));
    expect(world.deaths).toBeGreaterThan(0);
  });
});

const succeeds = (): RolloutCourse => ({ takesMs: MINUTE_MS, ends: "succeeded" });

describe("a bad release", () => {
  test.each(SEEDS.slice(0, 10))(
    "stops at its budget, begins nothing while it stands, resumes where it was (seed %i)",
    async (seed) => {
      const limits = { concurrency: 8, perTenant: 2, budget: { count: 3 }, bakeMs: 0 } as const;
      const courseOf = (_id: string, random: SeededRng): RolloutCourse => ({
        takesMs: random.between(1000, 3 * MINUTE_MS),
        ends: random.chance(0.3) ? "rolled-back" : "succeeded",
      });
      const world = new World({ keys: tenants(60, 3, 10), limits, courseOf, deaths: 0.1 }, seed);
      let accepted = 0;
      for (let stops = 0; !isOver(world) && stops < 60; stops += 1) {
        await world.live(() => world.fleet.state === "running");
        const failures = membersOf(world).filter(isFailed).length;
        if (world.fleet.state !== "paused") break;
        expect(world.fleet.reason?.code).toBe("failure-budget");
        expect(failures - accepted).toBeGreaterThan(limits.budget.count);
        expect(failures - accepted).toBeLessThanOrEqual(limits.budget.count + limits.concurrency);
        const begun = world.fleet.begins.size;
        await world.live(() => true, world.nowMs + 30 * MINUTE_MS);
        expect(world.fleet.begins.size).toBe(begun);
        accepted = membersOf(world).filter(isFailed).length;
        world.fleet.resume();
      }
      expect(world.fleet.state).toBe("completed");
      expect([...world.fleet.begins.values()].every((times) => times === 1)).toBe(true);
      expect(world.fleet.begins.size).toBe(world.fleet.members.size);
    },
  );

  test("a rollout that is held too long counts, and frees its room before", async () => {
    const limits = { concurrency: 1, perTenant: 1, budget: { count: 1 }, bakeMs: 0 } as const;
    const courseOf = (): RolloutCourse => ({ takesMs: 1000, ends: "held" });
    const world = new World({ keys: tenants(5, 0, 1), limits, courseOf, deaths: 0 }, 1);
    await world.live(() => world.fleet.state === "running");
    expect(world.fleet.state).toBe("paused");
    expect(membersOf(world).filter(({ state }) => state === "overdue").length).toBeGreaterThan(
      allowedFailures(limits.budget, 5),
    );
    expect(world.fleet.begins.size).toBe(5);
  });
});

test("a thousand tenants: noisy ones with hundreds of deployments and slow, failing vendors starve nobody", async () => {
  const NOISY = 3;
  const limits = { concurrency: 50, perTenant: 2, budget: { share: 1 }, bakeMs: 0 } as const;
  const courseOf = (deploymentId: string, random: SeededRng): RolloutCourse =>
    Number(deploymentId.split("-")[1]) < NOISY
      ? { takesMs: random.between(10 * MINUTE_MS, 30 * MINUTE_MS), ends: random.pick(["failed", "held", "succeeded"]) }
      : { takesMs: random.between(MINUTE_MS, 5 * MINUTE_MS), ends: "succeeded" };
  const world = new World(
    { keys: tenants(1000, NOISY, 200), limits, courseOf, deaths: 0.005, longestIdleMs: 4 * MINUTE_MS },
    20261128,
  );
  await world.live(() => !isOver(world));
  expect(world.fleet.state).toBe("completed");
  const quiet = membersOf(world).filter(({ tenantId }) => Number(tenantId.split("-")[1]) >= NOISY);
  const waits = quiet.map(({ begunAtMs }) => begunAtMs ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  const [median = 0, longest = 0] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
  expect(longest / median, `median ${median} ms, longest ${longest} ms`).toBeLessThan(2.5);
  // Nobody of a noisy tenant has a second turn before everybody had a first.
  const seconds = membersOf(world)
    .filter(({ tenantId }) => Number(tenantId.split("-")[1]) < NOISY)
    .map(({ begunAtMs }) => begunAtMs ?? 0)
    .toSorted((a, b) => a - b);
  expect(seconds[NOISY]).toBeGreaterThanOrEqual(longest);
  expect(world.fleet.begins.size).toBe(world.fleet.members.size);
  expect(world.fleet.peak).toEqual({ all: 50, ofTenant: 2 });
});
