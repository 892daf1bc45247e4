import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { openControlStore } from "../index.ts";
import {
  bundleFor,
  claim,
  newDeployment,
  newTenant,
  openWorld,
  platform,
  policy,
  startRollout,
  switchTo,
  type World,
} from "../../test-support/world.ts";

const STALE_MS = 1_000;
const FAR = "2099-01-01T00:00:00.000Z";
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const first = { limit: 2, cursor: null };

describe("manifests", () => {
  const publish = (actor: Actor, playbook: string, version: string, hash: string) =>
    world.control.publishManifest(actor, {
      hash: hash.repeat(64).slice(0, 64),
      playbook,
      version,
      content: { version, hash },
      source: "yaml",
    });

  test("are immutable, found by hash, version and newest; the library is everybody's and a tenant's own comes first", async () => {
    const [tenant, other] = [await newTenant(world), await newTenant(world)];
    await publish(platform, "answering", "1.9.0", "1");
    await publish(platform, "answering", "1.10.0", "2");
    await publish(platform, "answering", "2.0.0-rc.1", "3");
    await publish(tenant, "answering", "1.10.0", "4");
    expect(await world.control.manifest(tenant, "answering@1.9.0")).toMatchObject({
      version: "1.9.0",
      isLibrary: true,
    });
    expect(await world.control.manifest(tenant, "answering@1.10.0")).toMatchObject({
      content: { hash: "4" },
      isLibrary: false,
    });
    expect(await world.control.manifest(other, "answering@1.10.0")).toMatchObject({
      content: { hash: "2" },
      isLibrary: true,
    });
    expect(await world.control.manifest(other, "answering")).toMatchObject({ version: "2.0.0-rc.1" });
    expect(await world.control.manifest(other, "2".repeat(64))).toMatchObject({ version: "1.10.0" });
    expect(await world.control.manifest(other, "4".repeat(64))).toBeNull();
    expect(await world.control.manifest(other, "answering@9.9.9")).toBeNull();
    const again = await publish(tenant, "answering", "1.10.0", "4");
    expect(again.publishedBy).toBe("key:admin");
    await expect(publish(tenant, "answering", "1.10.0", "5")).rejects.toMatchObject({ code: "version_published" });
    const listed = await world.control.listManifests(tenant, "answering", { limit: 10, cursor: null });
    expect(listed.items).toHaveLength(4);
    expect(listed.items[0]).not.toHaveProperty("content");
  });
});

describe("overlays", () => {
  test("are written over the version that was read, by one of two", async () => {
    const actor = await newTenant(world);
    expect(await world.control.tenantOverlay(actor, "p")).toEqual({ values: {}, version: 0 });
    const writes = await Promise.allSettled(
      [1, 2].map((value) => world.control.putTenantOverlay(actor, "p", { value }, 0)),
    );
    expect(writes.map((write) => write.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await world.control.putTenantOverlay(actor, "p", { value: 3 }, 1)).toEqual({
      values: { value: 3 },
      version: 2,
    });
    await expect(world.control.putTenantOverlay(actor, "p", {}, 1)).rejects.toMatchObject({
      code: "precondition_failed",
    });
    expect(await world.control.tenantOverlay(actor, "p")).toEqual({ values: { value: 3 }, version: 2 });
  });
});

describe("connections", () => {
  test("are made, listed in pages, refused by a taken name; credentials count their versions", async () => {
    const actor = await newTenant(world);
    const make = (name: string) =>
      world.control.createConnection(actor, {
        name,
        vendor: "twilio",
        endpoint: "vendor",
        config: { region: "us1" },
        smokeWrites: "test-objects",
      });
    const made = [await make("a"), await make("b"), await make("c")];
    await expect(make("a")).rejects.toMatchObject({ code: "already_exists", details: { name: "a" } });
    const page = await world.control.listConnections(actor, first);
    const rest = await world.control.listConnections(actor, { limit: 2, cursor: page.next });
    expect([...page.items, ...rest.items]).toEqual(made.toReversed());
    expect(rest.next).toBeNull();
    await expect(world.control.listConnections(actor, { limit: 2, cursor: "bm9uc2Vuc2U" })).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(made[0]?.credentialVersion).toBeNull();
    expect(await world.control.putCredential(actor, made[0]!.id, "sealed-1", "kid")).toEqual({ version: 1 });
    expect(await world.control.putCredential(actor, made[0]!.id, "sealed-2", "kid")).toEqual({ version: 2 });
    expect((await world.control.connection(actor, made[0]!.id))?.credentialVersion).toBe(2);
    expect(await world.worker.sealedCredential(actor.tenantId, made[0]!.id)).toEqual({
      version: 2,
      sealed: "sealed-2",
    });
    expect(await world.control.connection(actor, "not-an-id")).toBeNull();
  });
});

describe("deployments", () => {
  test("are found by id, by a name only one has, and by their full name", async () => {
    const actor = await newTenant(world);
    const make = (name: string, environment: "production" | "staging") =>
      world.control.createDeployment(actor, {
        name,
        playbook: "p",
        environment,
        number: null,
        connections: {},
        overlay: {},
      });
    const office = await make("office", "production");
    expect(office.ingressKey).toMatch(/^[0-9a-v]{26}$/);
    expect(await world.control.deployment(actor, "office")).toMatchObject({
      id: office.id,
      pointer: { active: "none", generation: 0, mode: "live" },
      liveRollout: null,
      wayBack: { possible: false, reason: expect.stringContaining("nothing to go back from") },
    });
    await expect(make("office", "production")).rejects.toMatchObject({ code: "already_exists" });
    const staging = await make("office", "staging");
    await expect(world.control.deployment(actor, "office")).rejects.toMatchObject({
      code: "conflict",
      details: { matches: [{ environment: "production" }, { environment: "staging" }] },
    });
    expect((await world.control.deployment(actor, "p/staging/office"))?.id).toBe(staging.id);
    expect(await world.control.deployment(actor, "nowhere")).toBeNull();
    expect((await world.control.listDeployments(actor, first)).items.map((each) => each.id)).toEqual([
      staging.id,
      office.id,
    ]);
  });

  test("keep their configuration under a version; one number belongs to one deployment of all tenants", async () => {
    const { actor, deployment, connectionId } = await newDeployment(world, undefined, "+15551230001");
    await expect(newDeployment(world, undefined, "+15551230001")).rejects.toMatchObject({
      code: "number_taken",
      details: { number: "+15551230001" },
    });
    const put = (number: string | null, version: number) =>
      world.control.putConfiguration(
        actor,
        deployment.id,
        { number, connections: { crm: connectionId }, overlay: { greeting: "New" } },
        version,
      );
    expect(await put("+15551230002", 1)).toMatchObject({
      number: "+15551230002",
      configVersion: 2,
      connections: { crm: connectionId },
      overlay: { greeting: "New" },
    });
    await expect(put(null, 1)).rejects.toMatchObject({ code: "precondition_failed" });
    const other = await newDeployment(world, undefined, "+15551230001");
    await expect(put("+15551230001", 2)).rejects.toMatchObject({ code: "number_taken" });
    expect((await world.control.deployment(actor, deployment.id))?.configVersion).toBe(2);
    const lease = await claim(world, other);
    await world.worker.fenced(lease, (transaction) =>
      transaction.setAttachment({ attached: true, storedRouting: null }),
    );
    await expect(
      world.control.putConfiguration(
        other.actor,
        other.deployment.id,
        { number: null, connections: {}, overlay: {} },
        1,
      ),
    ).rejects.toMatchObject({ code: "conflict", details: { reason: "number-attached" } });
    await expect(
      world.control.putConfiguration(
        other.actor,
        other.deployment.id,
        { number: "+15551230001", connections: {}, overlay: {} },
        1,
      ),
    ).resolves.toMatchObject({ configVersion: 2 });
  });
});

describe("connections of a deployment", () => {
  test("also stand for the providers that its agent speaks through, by name", async () => {
    const { actor, deployment, connectionId } = await newDeployment(world);
    const put = (connections: Record<string, string>, version: number) =>
      world.control.putConfiguration(actor, deployment.id, { number: null, connections, overlay: {} }, version);
    const named = { telephony: connectionId, "provider.deepgram": connectionId, "provider.eleven-labs": connectionId };
    expect(await put(named, 1)).toMatchObject({ connections: named, configVersion: 2 });
    for (const role of ["provider.", "provider.Deepgram", "provider.a b", "providerXa", "billing"])
      await expect(put({ [role]: connectionId }, 2), role).rejects.toThrow("refused a statement");
    expect((await world.control.deployment(actor, deployment.id))?.connections).toEqual(named);
    const view = await world.worker.view(actor.tenantId, deployment.id);
    expect(view?.deployment.connections).toEqual(named);
  });
});

describe("API keys", () => {
  test("are found by possession, until they are revoked or expire; a key for a tenant is made by it or by the platform", async () => {
    const tenant = await newTenant(world);
    const make = (actor: Actor, keyId: string, tenantId: string | null, expiresAt = FAR) =>
      world.control.createApiKey(actor, {
        keyId,
        secretHash: `hash-${keyId}`,
        name: keyId,
        roles: ["operator", "viewer"],
        tenantId,
        expiresAt,
      });
    await make(platform, "forTenant", tenant.tenantId);
    await make(tenant, "byTenant", tenant.tenantId);
    await make(platform, "platformKey", null);
    await make(tenant, "expired", tenant.tenantId, "2020-01-01T00:00:00.000Z");
    await expect(make(tenant, "toPlatform", null)).rejects.toMatchObject({ code: "forbidden" });
    await expect(make(tenant, "byTenant", tenant.tenantId)).rejects.toMatchObject({ code: "already_exists" });

    expect(await world.control.authenticate("forTenant", "hash-forTenant")).toEqual({
      tenantId: tenant.tenantId,
      roles: ["operator", "viewer"],
      tenantStatus: "active",
      expiresAt: FAR,
    });
    expect(await world.control.authenticate("platformKey", "hash-platformKey")).toMatchObject({ tenantId: null });
    for (const [keyId, hash] of [
      ["forTenant", "hash-byTenant"],
      ["byTenant", "hash-forTenant"],
      ["forTenant", ""],
      ["expired", "hash-expired"],
      ["nobody", "hash-nobody"],
    ] as const) {
      expect(await world.control.authenticate(keyId, hash), keyId).toBeNull();
    }
    await expect
      .poll(
        async () =>
          (await world.control.listApiKeys(tenant, { limit: 10, cursor: null })).items.find(
            (key) => key.keyId === "forTenant",
          )?.lastUsedAt,
      )
      .toEqual(expect.any(String));
    await world.control.revokeApiKey(tenant, "forTenant");
    expect(await world.control.authenticate("forTenant", "hash-forTenant")).toBeNull();
    const listed = await world.control.listApiKeys(tenant, { limit: 10, cursor: null });
    expect(listed.items.map((key) => [key.keyId, key.revokedAt === null])).toEqual([
      ["byTenant", true],
      ["expired", true],
      ["forTenant", false],
    ]);
    expect(JSON.stringify(listed)).not.toContain("hash-");
    expect(
      (await world.control.listApiKeys(platform, { limit: 10, cursor: null })).items.map((key) => key.keyId),
    ).toEqual(["platformKey"]);
  });

  test("read a deployment in one round trip, with the same answer as the long way", async () => {
    const served = await newDeployment(world);
    const { actor, deployment } = served;
    const rollout = await startRollout(world, served);
    const [summary] = (await world.control.listDeployments(actor, first)).items;
    const read = async (reference: string) =>
      JSON.parse((await world.control.shownDeployment(actor, reference, "https://in/")) ?? "null") as unknown;
    const { tenantId: _tenantId, ingressKey, ...shown } = deployment;
    const { salt: _salt, ...pointer } = summary?.pointer ?? { salt: "" };
    const liveRollout = { id: rollout.id, phase: "queued" };
    expect(await read(deployment.id)).toEqual({
      ...shown,
      ingressUrl: `https://in/${ingressKey}`,
      pointer,
      liveRollout,
    });
    expect(await read(deployment.name)).toEqual(await read(deployment.id));
    expect(await read("nowhere")).toBeNull();
    expect(await read((await newDeployment(world)).deployment.id)).toBeNull();
  });
});

describe("idempotency", () => {
  const route = "POST /v1/deployments";
  const claimKey = (actor: Actor, key: string, bodyHash = "b1", path = route) =>
    world.control.claimIdempotency(actor, key, path, bodyHash);

  test("the first goes ahead, the same again waits, then gets the answer; another body or route is a mismatch", async () => {
    const actor = await newTenant(world);
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimKey(actor, "k")));
    expect(claims.map((each) => each.state).toSorted()).toEqual([
      ...Array.from({ length: 9 }, () => "in-flight"),
      "new",
    ]);
    await world.control.completeIdempotency(actor, "k", route, 201, { id: "x" });
    expect(await claimKey(actor, "k")).toEqual({ state: "replay", status: 201, body: { id: "x" } });
    expect(await claimKey(actor, "k", "b2")).toEqual({ state: "mismatch" });
    expect(await claimKey(actor, "k", "b1", "POST /v1/other")).toEqual({ state: "mismatch" });
    expect((await claimKey({ ...actor, subject: "key:other" }, "k")).state).toBe("new");
    await world.control.completeIdempotency(actor, "k", route, 500, {});
    expect(await claimKey(actor, "k")).toMatchObject({ state: "replay", status: 201 });
    await world.control.completeIdempotency(actor, "none", route, 204, null);
  });

  test("what was abandoned may be done again; a platform key has its own", async () => {
    const actor = await newTenant(world);
    await claimKey(actor, "k");
    await world.control.abandonIdempotency(actor, "k", route);
    expect((await claimKey(actor, "k")).state).toBe("new");
    expect((await claimKey(platform, "k")).state).toBe("new");
    await world.control.completeIdempotency(platform, "k", route, 204, null);
    expect(await claimKey(platform, "k")).toEqual({ state: "replay", status: 204, body: null });
  });

  test("a crashed attempt is done again under the same effect id and finds what it made", async () => {
    const control = openControlStore({ url: world.database.appUrl, idempotencyStaleMs: STALE_MS });
    const actor = await newTenant(world);
    const again = () => control.claimIdempotency(actor, "crash", route, "b1");
    const before = await again();
    if (before.state !== "new") throw new Error("not new");
    const attempt = { ...actor, effectId: before.effectId };
    const wish = {
      name: "once",
      playbook: "p",
      environment: "staging",
      number: null,
      connections: {},
      overlay: {},
    } as const;
    const made = await world.control.createDeployment(attempt, wish);
    await sleep(STALE_MS + 50);
    expect(await again()).toEqual(before);
    expect(await again()).toEqual({ state: "in-flight" });
    await control.close();
    expect(await world.control.createDeployment(attempt, wish)).toEqual(made);
    const served = { actor: attempt, deployment: made, connectionId: (await newDeployment(world, actor)).connectionId };
    const rollout = await startRollout(world, served);
    expect(rollout.id).toBe(before.effectId);
    expect(await startRollout(world, served)).toEqual(rollout);
    const asked = { deploymentId: made.id, ...bundleFor(served) };
    expect(await world.control.requestPlan(attempt, asked)).toEqual(await world.control.requestPlan(attempt, asked));
    const audits = await world.control.audit(actor, { limit: 100, cursor: null });
    const actions = audits.items.filter(
      (row) =>
        ["deployment.created", "rollout.started", "plan.requested"].includes(row.action) &&
        row.object.includes(made.id.slice(0, 8)),
    );
    expect(actions.filter((row) => row.action === "plan.requested")).toHaveLength(1);
  });

  test("an expired key is new again", async () => {
    const control = openControlStore({ url: world.database.appUrl, idempotencyTtlMs: 30 });
    const actor = await newTenant(world);
    const before = await control.claimIdempotency(actor, "short", route, "b");
    await control.completeIdempotency(actor, "short", route, 200, {});
    await sleep(60);
    const after = await control.claimIdempotency(actor, "short", route, "different body");
    expect(after.state).toBe("new");
    expect(after).not.toEqual(before);
    await control.close();
  });
});

describe("history", () => {
  test("comes newest first in pages without gaps", async () => {
    const served = await newDeployment(world);
    await switchTo(world, served, "1.0.0");
    for (const mode of ["diverted", "live", "diverted", "live"] as const)
      await world.control.setMode(served.actor, served.deployment.id, mode, null);
    const seen: number[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await world.control.pointerHistory(served.actor, served.deployment.id, { limit: 2, cursor });
      seen.push(...page.items.map((item) => item.pointer.generation));
      cursor = page.next;
      if (cursor === null) break;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    const [latest] = (await world.control.listRollouts(served.actor, served.deployment.id, first)).items;
    expect(latest).toMatchObject({ phase: "baking", policy });
  });
});
