import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { fillEveryTable, queryAs } from "../test-support/filled-tables.ts";
import { newTenant, openWorld, type Served, type World } from "../test-support/world.ts";
import { PLATFORM_TENANT_ID } from "./index.ts";

let world: World;
let mine: Served;
let stranger: Actor & { tenantId: string };

beforeAll(async () => {
  world = await openWorld();
  mine = await fillEveryTable(world);
  stranger = await newTenant(world, "stranger");
});
afterAll(() => world.close());

/** What belongs to the platform alone: to a tenant it is closed. */
const OF_PLATFORM: ReadonlySet<string> = new Set([
  "fleet_rollout",
  "fleet_wave",
  "media_node",
  "person",
  "person_session",
]);

const tables = () =>
  world.superuser<{ name: string; column: string; secured: boolean; forced: boolean; policies: number }>(`
    SELECT c.relname AS name, CASE WHEN c.relname = 'tenant' THEN 'id' ELSE 'tenant_id' END AS column, c.relrowsecurity AS secured,
      c.relforcerowsecurity AS forced, (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations' ORDER BY 1`);

describe("every table", () => {
  test("has a tenant, forced row security and a policy", async () => {
    const found = await tables();
    expect(found.length).toBeGreaterThanOrEqual(22);
    expect(found.filter((table) => !table.secured || !table.forced || table.policies === 0)).toEqual([]);
    const withTenant = await world.superuser<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name <> 'deployment_summary'",
    );
    expect(new Set([...withTenant.map((row) => row.name), "tenant"])).toEqual(
      new Set(found.map((table) => table.name)),
    );
  });

  test("shows a tenant its own rows and nothing else", async () => {
    for (const { name, column } of await tables()) {
      const select = `SELECT ${column} AS tenant FROM ${name}`;
      if (OF_PLATFORM.has(name)) {
        const asTenant = queryAs(world.database.appUrl, mine.actor.tenantId, select);
        await expect(asTenant, name).rejects.toThrow(/permission denied/);
        continue;
      }
      const own = await queryAs<{ tenant: string }>(world.database.appUrl, mine.actor.tenantId, select);
      expect(own.length, `${name} of its owner`).toBeGreaterThan(0);
      expect(new Set(own.map((row) => row.tenant)), name).toEqual(new Set([mine.actor.tenantId]));
      const foreign = await queryAs<{ tenant: string }>(world.database.appUrl, stranger.tenantId, select);
      expect(
        foreign.filter((row) => row.tenant === mine.actor.tenantId),
        `${name} to a stranger`,
      ).toEqual([]);
      expect(await queryAs(world.database.appUrl, null, select), `${name} without a tenant`).toEqual([]);
      expect(await queryAs(world.database.ownerUrl, null, select), `${name} to its owner role`).toEqual([]);
    }
  });

  test("accepts no row of another tenant, and no reference across tenants", async () => {
    const client = new pg.Client({ connectionString: world.database.appUrl });
    await client.connect();
    const insertAs = async (tenantId: string, text: string, values: unknown[]) => {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
      const outcome = await client.query(text, values).then(
        () => "inserted",
        (error: { code: string }) => error.code,
      );
      await client.query("ROLLBACK");
      return outcome;
    };
    const overlay =
      "INSERT INTO tenant_overlay (tenant_id, playbook, values, version, updated_by) VALUES ($1, 'p', '{}', 1, 'x')";
    expect(await insertAs(stranger.tenantId, overlay, [mine.actor.tenantId])).toBe("42501");
    expect(await insertAs(stranger.tenantId, overlay, [stranger.tenantId])).toBe("inserted");
    const binding =
      "INSERT INTO deployment_connection (tenant_id, deployment_id, role, connection_id) VALUES ($1, $2, 'crm', $3)";
    expect(await insertAs(stranger.tenantId, binding, [stranger.tenantId, mine.deployment.id, mine.connectionId])).toBe(
      "23503",
    );
    const library =
      "INSERT INTO manifest_version (tenant_id, id, hash, playbook, version, content, source, published_by) VALUES ($1, gen_random_uuid(), 'h', 'p', '9.0.0', '{}', '', 'x')";
    expect(await insertAs(PLATFORM_TENANT_ID, library, [PLATFORM_TENANT_ID])).toBe("42501");
    await client.end();
  });
});
