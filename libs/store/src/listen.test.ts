import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { claim, newDeployment, openWorld, startRollout, switchTo, type World } from "../test-support/world.ts";
import { listenForWork, openPointerFeed, type WorkNotice } from "./index.ts";
import { listen } from "./listen.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const killListeners = () =>
  world.superuser(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% listen'",
  );

describe("notices", () => {
  test("of the pointer arrive after the commit, never from a transaction that failed", async () => {
    const feed = openPointerFeed({ url: world.database.mediaUrl });
    const moves: string[] = [];
    const listening = await feed.listen(
      (deploymentId) => moves.push(deploymentId),
      () => {},
    );
    const served = await newDeployment(world);
    await switchTo(world, served, "1.0.0");
    await vi.waitFor(() => expect(moves).toContain(served.deployment.id));
    const lease = await claim(world, served);
    for (let heard = 0; heard !== moves.length; await sleep(100)) heard = moves.length; // the first release brings several
    moves.length = 0;
    const failing = world.worker.fenced(lease, async (transaction) => {
      await transaction.movePointer(
        1,
        { ...transaction.pointer, mode: "diverted", generation: 2 },
        "divert",
        "worker:1",
      );
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await sleep(100);
    expect(moves).toEqual([]);
    await world.control.setMode(served.actor, served.deployment.id, "diverted", null);
    await vi.waitFor(() => expect(moves).toEqual([served.deployment.id]));
    await listening.close();
    await feed.close();
  });

  test("of rollouts and of work reach their watchers", async () => {
    const rollouts: (string | null)[] = [];
    const work: (WorkNotice | null)[] = [];
    const watching = await world.control.watchRollouts((rolloutId) => rollouts.push(rolloutId));
    const listening = await listenForWork({ url: world.database.workerUrl }, (notice) => work.push(notice));
    expect([rollouts, work]).toEqual([[null], [null]]);
    const served = await newDeployment(world);
    const rollout = await startRollout(world, served);
    const { checkId } = await world.control.requestCheck(served.actor, {
      kind: "drift",
      subjectId: served.deployment.id,
    });
    const { tenantId } = served.actor;
    await vi.waitFor(() => expect(rollouts).toContain(rollout.id));
    await vi.waitFor(() =>
      expect(work).toEqual([
        null,
        { tenantId, deploymentId: served.deployment.id, commandId: null },
        { tenantId, deploymentId: null, commandId: checkId },
      ]),
    );
    await watching.close();
    await listening.close();
  });
});

describe("a listener", () => {
  test("whose connection is killed comes back, listens anew and says that something may be missed", async () => {
    const heard: string[] = [];
    let resyncs = 0;
    const listener = await listen({
      url: world.database.mediaUrl,
      channels: ["tandem_test"],
      applicationName: "killed",
      onNotice: (_channel, payload) => heard.push(payload),
      onResync: () => (resyncs += 1),
    });
    expect([listener.state, resyncs]).toEqual(["hearing", 1]);
    for (let round = 2; round <= 4; round += 1) {
      await killListeners();
      await vi.waitFor(() => expect([listener.state, resyncs]).toEqual(["hearing", round]), 5_000);
      await world.superuser("SELECT pg_notify('tandem_test', $1)", [`round ${round}`]);
      await vi.waitFor(() => expect(heard.at(-1)).toBe(`round ${round}`));
    }
    await listener.close();
    expect(listener.state).toBe("closed");
    await sleep(300);
    expect(
      await world.superuser(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'killed listen' AND datname = current_database()",
      ),
    ).toEqual([]);
  });

  test("without a server opens all the same, keeps trying and can be closed", async () => {
    const listener = await listen({
      url: "postgresql://x@127.0.0.1:1/none",
      channels: ["c"],
      applicationName: "none",
      onNotice: () => {},
      onResync: () => {},
    });
    expect(listener.state).toBe("connecting");
    await listener.close();
    expect(listener.state).toBe("closed");
  });
});
