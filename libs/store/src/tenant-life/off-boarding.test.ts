import { nextOffBoardingMove } from "@tandem/domain/tenant";
import { contentHash, setFaultHook } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { ClaimedOffBoarding, OffBoardingWork } from "@tandem/ports/store/tenant-life";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { fillEveryTable } from "../../test-support/filled-tables.ts";
import {
  newDeployment,
  newTenant,
  openWorld,
  platform,
  type Served,
  succeed,
  switchTo,
  type World,
} from "../../test-support/world.ts";
import { openOffBoardingWork, openPointerFeed, openSessionWriter, PLATFORM_TENANT_ID } from "../index.ts";
import { ERASABLE, KEPT } from "./erasable.ts";

let world: World;
let work: OffBoardingWork & { close(): Promise<void> };
beforeAll(async () => {
  world = await openWorld();
  work = openOffBoardingWork({ url: world.database.workerUrl });
});
afterEach(() => setFaultHook(undefined));
afterAll(async () => {
  await work.close();
  await world.close();
});

/** What an engine does with the live rollout of a deployment: here at once, without a vendor. */
async function playEngine(tenantId: string): Promise<void> {
  const live = await world.superuser<{ id: string; deployment_id: string; policy: { removes?: string } }>(
    "SELECT id, deployment_id, policy FROM rollout WHERE tenant_id = $1 AND desired IN ('abort', 'detach') AND phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')",
    [tenantId],
  );
  for (const { id, deployment_id: deploymentId, policy } of live) {
    const lease = await world.worker.claim(tenantId, deploymentId, "engine", 60_000);
    if (lease === null) continue;
    await world.worker.fenced(lease, async (transaction) => {
      const { pointer } = transaction;
      const next = { ...pointer, active: "none" as const, candidate: null, generation: pointer.generation + 1 };
      if (pointer.active !== "none") await transaction.movePointer(pointer.generation, next, "detach", "engine");
      if (policy.removes !== undefined) {
        for (const slot of ["blue", "green"] as const)
          await transaction.patchSlot(slot, { state: "empty", bundleHash: null, readyBundleHash: null });
        for (const { address } of (await world.worker.view(tenantId, deploymentId))?.bindings ?? [])
          await transaction.removeBinding(address, null);
        await transaction.appendEvent({ type: "removal-planned", payload: { removed: [{ kind: "x" }], kept: [] } });
      }
      await transaction.patchRollout({ phase: "rolled-back", desired: "continue" });
      await transaction.audit({ actor: "engine", via: "worker", action: "test", object: `rollout/${id}` });
    });
    await world.worker.release(lease);
  }
}

async function step(claim: ClaimedOffBoarding): Promise<boolean> {
  const move = nextOffBoardingMove(await work.offBoardingView(claim), 0);
  if (move.kind === "erase") {
    const notes = await work.recordingsOf(claim);
    if (notes.length > 0) await work.forgetRecordings(claim, notes, "recordings");
    return notes.length > 0 || !(await work.eraseSome(claim));
  }
  if (move.kind !== "none") await work.moveOffBoarding(claim, move, 0);
  return move.kind !== "none" && move.kind !== "wait";
}

const isOver = async (tenantId: string): Promise<boolean> =>
  ["done", "stopped"].includes((await world.control.offBoarding(platform, tenantId))?.phase ?? "");

/** Moves it on until it is over, with a fresh claim after every pause or failure; answers how often a worker died. */
async function play(tenantId: string): Promise<number> {
  let deaths = 0;
  for (let round = 0; round < 300; round++) {
    try {
      const [claim] = (await work.claimOffBoardings("w", 10, 60_000)).filter((one) => one.tenantId === tenantId);
      if (claim === undefined && (await isOver(tenantId))) return deaths;
      if (claim === undefined) throw new Error("nobody could claim it");
      while (await step(claim));
      await playEngine(tenantId);
    } catch (error) {
      if (!(error as Error).message.includes("killed") && !String((error as Error).cause).includes("killed"))
        throw error;
      deaths += 1;
    }
    await world.superuser("UPDATE deployment SET lease_until = NULL, lease_owner = NULL WHERE tenant_id = $1", [
      tenantId,
    ]);
    await world.superuser(
      "UPDATE off_boarding SET lease_until = NULL, lease_owner = NULL, due_at = NULL WHERE tenant_id = $1",
      [tenantId],
    );
  }
  throw new Error(JSON.stringify(await world.superuser("SELECT * FROM off_boarding WHERE tenant_id = $1", [tenantId])));
}

const rowsOf = async (tenantId: string) => {
  const counts: Record<string, number> = {};
  for (const table of ERASABLE) {
    const [row] = await world.superuser<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [
      tenantId,
    ]);
    counts[table] = row!.n;
  }
  return counts;
};

/** Everything of everybody but one tenant, as text. */
const restOf = async (tenantId: string) => {
  const texts: string[] = [];
  for (const table of ERASABLE) {
    const rows = await world.superuser(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE tenant_id <> $1 ORDER BY 1::text`,
      [tenantId],
    );
    texts.push(JSON.stringify(rows));
  }
  return texts.join("\n");
};

async function actions(tenantId: string): Promise<string[]> {
  const rows = await world.superuser<{ action: string }>("SELECT action FROM audit WHERE tenant_id = $1 ORDER BY seq", [
    tenantId,
  ]);
  return rows.map(({ action }) => action);
}

test("every table of the database is either erased or kept on purpose", async () => {
  const tables = await world.superuser<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name <> 'deployment_summary'",
  );
  const ofPlatform = ["fleet_rollout", "fleet_wave", "media_node", "person", "person_session"];
  expect(tables.map(({ name }) => name).toSorted()).toEqual([...ERASABLE, ...KEPT, ...ofPlatform].toSorted());
});

describe("off-boarding", () => {
  let leaving: Served;
  let stranger: Served;

  test("a tenant with rows everywhere leaves nothing but its audit chain and the proof; nobody else loses anything", async () => {
    leaving = await fillEveryTable(world);
    stranger = await newDeployment(world, await newTenant(world, "stays"), "+15550000077");
    const { tenantId } = leaving.actor;
    const before = await rowsOf(tenantId);
    expect(Object.entries(before).filter(([, n]) => n === 0)).toEqual([]);
    const others = await restOf(tenantId);
    await expect(
      world.control.startOffBoarding(platform, tenantId, { confirm: "wrong", reason: "moved away" }),
    ).rejects.toMatchObject({ code: "confirmation_missing" });
    await world.control.startOffBoarding(platform, tenantId, { confirm: "mine", reason: "moved away" });
    expect((await world.control.view(leaving.actor, leaving.deployment.id))?.tenantStatus).toBe("suspended");
    await world.superuser("UPDATE session SET ended_at = now() WHERE tenant_id = $1", [tenantId]);
    await play(tenantId);
    expect(Object.entries(await rowsOf(tenantId)).filter(([, n]) => n > 0)).toEqual([]);
    expect(await restOf(tenantId)).toBe(others);
    const done = await world.control.offBoarding(platform, tenantId);
    expect(done).toMatchObject({ phase: "done", why: "moved away" });
    expect(contentHash(done!.report)).toBe(done!.reportHash);
    const erased = done!.report!["erased"] as Record<string, number>;
    expect(erased).toMatchObject({ session: 1, session_event: 1, outbound_call: 1, tenant_overlay: 1, connection: 1 });
    expect(done!.report).toMatchObject({ deployments: 1, keysRevoked: 1, credentialsRevoked: 1 });
    const [chained] = await world.superuser<{ after_hash: string }>(
      "SELECT after_hash FROM audit WHERE tenant_id = $1 AND action = 'tenant.erased'",
      [tenantId],
    );
    expect(chained?.after_hash).toBe(done!.reportHash);
    expect(await world.control.verifyAudit(leaving.actor)).toMatchObject({ intact: true });
    expect(await world.control.verifyAudit(platform)).toMatchObject({ intact: true });
    expect(await actions(PLATFORM_TENANT_ID)).toEqual(
      expect.arrayContaining(["tenant.off-boarding-asked", "tenant.offboarded"]),
    );
    const personal = ["Hello", "Call me back", "+15550190001", "+15550000001"];
    const proof = JSON.stringify(await world.superuser("SELECT * FROM off_boarding WHERE tenant_id = $1", [tenantId]));
    expect(personal.filter((word) => proof.includes(word))).toEqual([]);
    expect(await world.control.tenant(platform, tenantId)).toMatchObject({ status: "offboarded", name: "mine" });
    await expect(world.control.setTenantStatus(platform, tenantId, "active", null)).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("what a node still had of the tenant is not written any more, and its batch is not refused", async () => {
    const writer = openSessionWriter({ url: world.database.mediaUrl });
    const row = {
      tenantId: leaving.actor.tenantId,
      deploymentId: leaving.deployment.id,
      sessionId: "late",
      callId: "CA9",
      slot: "blue" as const,
      bundleHash: "b",
      generation: 1,
      kind: "live" as const,
      node: "n",
      from: "+15550190001",
      startedAt: new Date().toISOString(),
      endedAt: null,
      disposition: null,
    };
    const kept = { ...row, tenantId: stranger.actor.tenantId, deploymentId: stranger.deployment.id };
    await writer.write({ sessions: [row, kept], events: [] });
    expect((await rowsOf(leaving.actor.tenantId))["session"]).toBe(0);
    expect((await rowsOf(stranger.actor.tenantId))["session"]).toBe(1);
    await writer.close();
  });

  test("the eraser can touch no tenant that has not left", async () => {
    const { tenantId } = stranger.actor;
    const { queryAs } = await import("../../test-support/filled-tables.ts");
    await queryAs(world.database.workerUrl, tenantId, "SET LOCAL ROLE tandem_eraser; DELETE FROM session");
    expect((await rowsOf(tenantId))["session"]).toBe(1);
  });
});

describe("a worker that dies", () => {
  async function life(
    killAt: number | null,
  ): Promise<{ deaths: number; commits: number; report: unknown; chain: string[] }> {
    const served = await newDeployment(world, await newTenant(world));
    const { tenantId } = served.actor;
    await world.control.putCredential(served.actor, served.connectionId, "sealed", "kid");
    await switchTo(world, served, "1.0.0");
    await succeed(world, served);
    const { slug } = (await world.control.tenant(platform, tenantId))!;
    await world.control.startOffBoarding(platform, tenantId, { confirm: slug, reason: "x" });
    let commits = 0;
    setFaultHook((point) => {
      if (point !== "store.commit.before") return;
      commits += 1;
      if (commits === killAt) throw new Error("killed");
    });
    const deaths = await play(tenantId);
    setFaultHook(undefined);
    const { report } = (await world.control.offBoarding(platform, tenantId))!;
    const {
      tenantId: _t,
      offBoardingId: _o,
      askedAt: _a,
      erasedAt: _e,
      auditHeadBefore: _h,
      erased,
      ...rest
    } = report!;
    const counted = { ...(erased as object), pointer_history: 0, rollout_event: 0, outbox: 0 };
    expect((await world.control.verifyAudit(served.actor)).intact).toBe(true);
    return {
      deaths,
      commits,
      report: { ...rest, counted },
      chain: (await actions(tenantId)).filter((one) => one !== "off-boarding.waited"),
    };
  }

  test("at any commit: another one goes on, nothing happens twice, and the proof is the same", async () => {
    const undisturbed = await life(null);
    expect(undisturbed.deaths).toBe(0);
    expect(undisturbed.commits).toBeGreaterThan(30);
    for (let killAt = 1; killAt <= undisturbed.commits; killAt += 5) {
      const { deaths, report, chain } = await life(killAt);
      expect([killAt, deaths <= 1, report, chain]).toEqual([killAt, true, undisturbed.report, undisturbed.chain]);
    }
  });
});

describe("stopping an off-boarding", () => {
  const begun = async (): Promise<{ served: Served; slug: string; claim: ClaimedOffBoarding }> => {
    const served = await newDeployment(world, await newTenant(world));
    await switchTo(world, served, "1.0.0");
    await succeed(world, served);
    const { slug } = (await world.control.tenant(served.actor, served.actor.tenantId))!;
    const admin: Actor = served.actor;
    await world.control.startOffBoarding(admin, served.actor.tenantId, { confirm: slug, reason: "we leave" });
    const [claim] = (await work.claimOffBoardings("w", 10, 60_000)).filter(
      ({ tenantId }) => tenantId === served.actor.tenantId,
    );
    return { served, slug, claim: claim! };
  };

  test("before anything was removed brings back what was, fences the worker, and lets it begin anew", async () => {
    const { served, slug, claim } = await begun();
    const { tenantId } = served.actor;
    while (nextOffBoardingMove(await work.offBoardingView(claim), 0).kind === "enter") {
      if ((await work.offBoardingView(claim)).phase === "draining") break;
      await step(claim);
    }
    const feed = openPointerFeed({ url: world.database.mediaUrl });
    expect((await feed.deployment(served.deployment.id))?.pointer.mode).toBe("diverted");
    expect(await world.control.stopOffBoarding(served.actor, tenantId, "stays")).toMatchObject({ phase: "stopped" });
    expect((await feed.deployment(served.deployment.id))?.pointer.mode).toBe("live");
    await feed.close();
    await expect(work.moveOffBoarding(claim, { kind: "enter", phase: "removing" }, 0)).rejects.toMatchObject({
      code: "lease_lost",
    });
    expect(await world.control.tenant(platform, tenantId)).toMatchObject({ status: "active" });
    await world.control.startOffBoarding(platform, tenantId, { confirm: slug, reason: "after all" });
  });

  test("is refused once a deployment is taken apart", async () => {
    const { served, claim } = await begun();
    await work.moveOffBoarding(claim, { kind: "enter", phase: "removing" }, 0);
    await expect(world.control.stopOffBoarding(served.actor, served.actor.tenantId, "no")).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await world.control.tenant(platform, served.actor.tenantId)).toMatchObject({ status: "offboarding" });
  });
});
