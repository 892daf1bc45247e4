import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { fillEveryTable, queryAs } from "../test-support/filled-tables.ts";
import { newDeployment, newTenant, openWorld, type Served, startRollout, type World } from "../test-support/world.ts";

let world: World;
let mine: Served;
let stranger: Actor & { tenantId: string };
beforeAll(async () => {
  world = await openWorld();
  mine = await fillEveryTable(world);
  stranger = await newTenant(world, "stranger");
});
afterAll(() => world.close());

describe("roles", () => {
  const denied = async (url: string, text: string, tenantId: string | null = mine.actor.tenantId) =>
    expect(queryAs(url, tenantId, text), text).rejects.toThrow(/permission denied/);

  test("the API's role writes sealed credentials and cannot read them back; the worker reads them within one tenant", async () => {
    await denied(world.database.appUrl, "SELECT sealed FROM credential_version");
    await denied(world.database.appUrl, "SELECT * FROM credential_version");
    await denied(world.database.workerUrl, "SELECT sealed FROM credential_version");
    expect(await world.worker.sealedCredential(mine.actor.tenantId, mine.connectionId)).toEqual({
      version: 1,
      sealed: "sealed-1",
    });
    expect(await world.worker.sealedCredential(stranger.tenantId, mine.connectionId)).toBeNull();
  });

  test("media reads what the feed needs and nothing else", async () => {
    await denied(world.database.mediaUrl, "SELECT name FROM tenant");
    for (const table of [
      "audit",
      "audit_head",
      "api_key",
      "plan",
      "rollout",
      "rollout_event",
      "step",
      "outbox",
      "command",
      "idempotency_key",
      "pointer_history",
      "tenant_overlay",
      "manifest_version",
    ]) {
      await denied(world.database.mediaUrl, `SELECT 1 FROM ${table}`);
    }
    await denied(world.database.mediaUrl, "SELECT last_applied FROM binding");
    await denied(world.database.mediaUrl, "SELECT lease_owner FROM deployment");
    await denied(world.database.mediaUrl, "SELECT caller FROM session");
    await denied(world.database.mediaUrl, "SELECT payload FROM session_event");
    await denied(world.database.mediaUrl, "UPDATE deployment SET generation = generation + 1");
    await denied(world.database.mediaUrl, "UPDATE session SET slot = 'green'");
    await denied(world.database.mediaUrl, "DELETE FROM session_event");
    const unused = await world.control.createConnection(mine.actor, {
      name: "unused",
      vendor: "hubspot",
      endpoint: "vendor",
      config: {},
      smokeWrites: "none",
    });
    await world.control.putCredential(mine.actor, unused.id, "sealed-unused", "kid-1");
    const rows = await queryAs<{ sealed: string }>(
      world.database.mediaUrl,
      null,
      "SELECT sealed FROM credential_version",
    );
    expect(rows.map((row) => row.sealed)).toEqual(["sealed-1"]);
    const connections = await queryAs<{ id: string }>(world.database.mediaUrl, null, "SELECT id FROM connection");
    expect(connections.map((row) => row.id)).toEqual([mine.connectionId]);
  });

  test("the sweep sees where work is, not what it is about, and cannot write", async () => {
    const asSweeper = (text: string) =>
      queryAs(world.database.workerUrl, null, `SET LOCAL ROLE tandem_sweeper; ${text}`);
    await expect(asSweeper("SELECT memory FROM rollout")).rejects.toThrow(/permission denied/);
    await expect(asSweeper("SELECT result FROM command")).rejects.toThrow(/permission denied/);
    await expect(asSweeper("UPDATE rollout SET phase = 'failed'")).rejects.toThrow(/permission denied/);
    await expect(queryAs(world.database.appUrl, null, "SET LOCAL ROLE tandem_sweeper")).rejects.toThrow(
      /permission denied/,
    );
    await expect(queryAs(world.database.workerUrl, null, "SET LOCAL ROLE tandem_platform")).rejects.toThrow(
      /permission denied/,
    );
  });

  test("the platform role reaches no deployment, rollout or credential", async () => {
    for (const table of ["deployment", "rollout", "connection", "credential_version", "session", "plan"]) {
      await expect(
        queryAs(world.database.appUrl, mine.actor.tenantId, `SET LOCAL ROLE tandem_platform; SELECT 1 FROM ${table}`),
        table,
      ).rejects.toThrow(/permission denied/);
    }
  });

  test("a tenant never leaks to the next user of a pooled connection", async () => {
    const tenants = await Promise.all(Array.from({ length: 12 }, () => newTenant(world)));
    await Promise.all(tenants.map((tenant) => newDeployment(world, tenant)));
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const actor = tenants[index % tenants.length]!;
        const { items } = await world.control.listDeployments(actor, { limit: 50, cursor: null });
        return items.length === 1 && items[0]?.tenantId === actor.tenantId;
      }),
    );
    expect(seen).not.toContain(false);
    await expect(
      startRollout(world, { ...mine, actor: { ...tenants[0]!, requestId: randomUUID() } }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
