import type { Tool } from "@tandem/domain/manifest";
import { CONNECTION_ID, type FaultRates, noFaults, Scene, type SceneOptions } from "@tandem/testkit";
import { describe, expect, test } from "vitest";

const tool = (name: string, operation: Tool["operation"], resource?: string): Tool => ({
  name,
  description: "",
  operation,
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 500,
  ...(resource !== undefined && { resource }),
});

const release = {
  hasCalendar: true,
  patch: {
    tools: [tool("book", "calendar.book", "calendar.calendar/bookings"), tool("keep", "crm.upsert-contact")],
  },
};

/** A deployment that is live, so that its calendar exists, and whose account allows test objects. */
async function live(options: SceneOptions = {}, smokeWrites: "none" | "test-objects" = "test-objects"): Promise<Scene> {
  const scene = new Scene(options);
  await scene.start(release);
  await scene.untilPhase("succeeded");
  const [connection] = scene.database.connections;
  if (connection !== undefined) scene.database.connections.splice(0, 1, { ...connection, smokeWrites });
  return scene;
}

/** Every booking and contact that was ever made from now on. */
function watch(scene: Scene): string[] {
  const made: string[] = [];
  const { bookings, records } = scene.world;
  const [set, add] = [bookings.set.bind(bookings), records.add.bind(records)];
  bookings.set = (id, booking) => (made.push("booking"), set(id, booking));
  records.add = (id) => (made.push("contact"), add(id));
  return made;
}

const nothingLeft = (scene: Scene): void => {
  expect([...scene.world.bookings.keys()]).toEqual([]);
  expect([...scene.world.records]).toEqual([]);
  expect(scene.rollout().memory["canaries"]).toBeUndefined();
};

const findings = (scene: Scene): unknown[] =>
  scene.database.events
    .filter(({ type, rolloutId }) => type === "finding-raised" && rolloutId === scene.rollout().id)
    .map(({ payload }) => payload["code"]);

describe("test objects of preflight", () => {
  test("a booking and a contact are really made and are gone afterwards, noted before and after", async () => {
    const scene = await live();
    const made = watch(scene);
    await scene.start(release);
    await scene.untilPhase("applying", "smoke-testing", "succeeded");
    expect(made).toEqual(["booking", "contact"]);
    nothingLeft(scene);
    expect(findings(scene).filter((code) => String(code).startsWith("canary"))).toEqual([]);
  });

  test("are made neither by a plan, nor where the account does not allow them, nor where the release writes nothing", async () => {
    for (const [scene, wish] of [
      [await live({}, "none"), release],
      [await live(), { hasCalendar: true }],
    ] as const) {
      const made = watch(scene);
      await scene.start(wish);
      await scene.untilPhase("applying", "smoke-testing", "succeeded");
      expect(made).toEqual([]);
    }
    const scene = await live();
    const made = watch(scene);
    const { bundle, hash } = scene.bundle(release);
    scene.database.bundles.set(hash, bundle);
    const command = {
      id: "p1",
      tenantId: scene.view.deployment.tenantId,
      kind: "plan",
      subjectId: scene.deploymentId,
      bundleHash: hash,
      requestedBy: "user:author",
    } as const;
    scene.database.commands.set("p1", { command, claimedUntilMs: 0, result: null });
    await scene.play(scene.engine.runCommands());
    expect(scene.database.plans.has("p1")).toBe(true);
    expect(made).toEqual([]);
  });

  test("a calendar that the first rollout has yet to make is told, and the contact is tried", async () => {
    const scene = new Scene();
    const [connection] = scene.database.connections;
    if (connection !== undefined)
      scene.database.connections.splice(0, 1, { ...connection, smokeWrites: "test-objects" });
    const made = watch(scene);
    await scene.start(release);
    await scene.untilPhase("applying", "smoke-testing", "succeeded");
    expect(made).toEqual(["contact"]);
    expect(findings(scene)).toContain("canary-untried");
  });

  test.each(["booking", "contact"])(
    "a worker that breaks down right after it made the %s leaves nothing, also when the rollout is aborted",
    async (what) => {
      for (const ending of ["goes on", "is aborted"]) {
        const scene = await live();
        const { bookings, records } = scene.world;
        const [set, add] = [bookings.set.bind(bookings), records.add.bind(records)];
        let isBroken = false;
        const breakAfter = (mine: string): void => {
          if (isBroken || what !== mine) return;
          isBroken = true;
          throw new Error("the worker broke down");
        };
        bookings.set = (id, booking) => {
          set(id, booking);
          breakAfter("booking");
          return bookings;
        };
        records.add = (id) => {
          add(id);
          breakAfter("contact");
          return records;
        };
        await scene.start(release);
        await scene.until(() => isBroken);
        expect(scene.world.bookings.size + scene.world.records.size).toBe(1);
        expect(scene.rollout().memory["canaries"]).toMatchObject([{ what, connectionId: CONNECTION_ID }]);
        await scene.operator.ask(scene.deploymentId, ending === "is aborted" ? "abort" : "resume");
        await scene.untilPhase("aborted", "applying", "smoke-testing", "succeeded");
        nothingLeft(scene);
      }
    },
  );

  test("under answers that are lost, late or refused, whatever was made is removed before the rollout goes on or ends", async () => {
    const hostile: FaultRates = {
      ...noFaults,
      lostResponse: 0.2,
      errorAfterEffect: 0.1,
      throttled: 0.1,
      late: 0.1,
      lateMs: 3000,
      dropped: 0.05,
    };
    for (let seed = 1; seed <= 12; seed++) {
      const scene = await live({ seed });
      await scene.start(release);
      scene.faults = hostile;
      await scene.until(() => scene.rollout().phase !== "queued" && scene.rollout().phase !== "preflighting");
      scene.faults = noFaults;
      if (scene.rollout().phase === "held") await scene.operator.ask(scene.deploymentId, "abort");
      await scene.untilPhase("aborted", "succeeded");
      nothingLeft(scene);
    }
  });
});
