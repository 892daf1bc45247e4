import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { newTenant, openWorld, platform, type World } from "../../test-support/world.ts";

let world: World;
let actor: Actor & { tenantId: string };
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  actor = await newTenant(world);
  for (let version = 0; version < 6; version += 1) {
    await world.control.putTenantOverlay(
      { ...actor, requestId: `r"${version}\n\u0001` },
      "p",
      { line: `Grüße 😀 \u2028 ${version}` },
      version,
    );
  }
});

const verify = () => world.control.verifyAudit(actor);

/** What only a superuser could do, with the triggers that stop everybody else out of the way. */
async function tamper(text: string): Promise<void> {
  await world.superuser("ALTER TABLE audit DISABLE TRIGGER USER");
  await world.superuser(text.replaceAll("$tenant", `'${actor.tenantId}'`));
  await world.superuser("ALTER TABLE audit ENABLE TRIGGER USER");
}

describe("a chain", () => {
  test("as written is intact, whatever characters it holds", async () => {
    const verdict = await verify();
    expect(verdict).toMatchObject({ intact: true, rows: 6, brokenAt: null, problem: null });
    expect(await world.control.verifyAudit(actor, verdict.head!)).toMatchObject({ intact: true });
    expect((await world.control.audit(actor, { limit: 2, cursor: null })).items.map((row) => row.seq)).toEqual([6, 5]);
  });

  test.each([
    ["an edited action", "UPDATE audit SET action = 'x' WHERE tenant_id = $tenant AND seq = 3", 3],
    ["an edited actor", "UPDATE audit SET actor = 'x' WHERE tenant_id = $tenant AND seq = 1", 1],
    ["an edited time", "UPDATE audit SET at = at - interval '1 millisecond' WHERE tenant_id = $tenant AND seq = 6", 6],
    ["an edited value hash", "UPDATE audit SET after_hash = 'x' WHERE tenant_id = $tenant AND seq = 2", 2],
    ["an edited reason", "UPDATE audit SET reason = 'x' WHERE tenant_id = $tenant AND seq = 2", 2],
    ["an edited request", "UPDATE audit SET request_id = NULL WHERE tenant_id = $tenant AND seq = 4", 4],
    ["an edited hash", "UPDATE audit SET hash = repeat('0', 64) WHERE tenant_id = $tenant AND seq = 2", 2],
    ["a removed first row", "DELETE FROM audit WHERE tenant_id = $tenant AND seq = 1", 1],
    ["a removed row", "DELETE FROM audit WHERE tenant_id = $tenant AND seq = 4", 4],
    ["a removed last row", "DELETE FROM audit WHERE tenant_id = $tenant AND seq = 6", 6],
    ["all rows removed", "DELETE FROM audit WHERE tenant_id = $tenant", 1],
    [
      "two rows swapped",
      `UPDATE audit SET seq = -3 WHERE tenant_id = $tenant AND seq = 3; UPDATE audit SET seq = 3 WHERE tenant_id = $tenant AND seq = 4;
       UPDATE audit SET seq = 4 WHERE tenant_id = $tenant AND seq = -3`,
      3,
    ],
    [
      "an invented row at the end",
      `INSERT INTO audit (tenant_id, seq, at, actor, via, action, object, prev_hash, hash)
       SELECT tenant_id, 7, at, actor, via, action, object, hash, repeat('1', 64) FROM audit WHERE tenant_id = $tenant AND seq = 6`,
      7,
    ],
  ])("shows %s", async (_what, text, brokenAt) => {
    await tamper(text);
    expect(await verify()).toMatchObject({ intact: false, brokenAt });
  });

  test("written anew from an earlier row on does not fit the exported checkpoint", async () => {
    const { head } = await verify();
    await tamper("DELETE FROM audit WHERE tenant_id = $tenant AND seq > 3");
    await world.superuser("ALTER TABLE audit_head DISABLE TRIGGER USER");
    await world.superuser(
      "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit WHERE tenant_id = $1 AND seq = 3) WHERE tenant_id = $1",
      [actor.tenantId],
    );
    await world.superuser("ALTER TABLE audit_head ENABLE TRIGGER USER");
    for (let version = 6; version < 9; version += 1) await world.control.putTenantOverlay(actor, "p", {}, version);
    expect(await verify()).toMatchObject({ intact: true, rows: 6 });
    expect(await world.control.verifyAudit(actor, head!)).toMatchObject({
      intact: false,
      problem: expect.stringContaining("checkpoint"),
    });
  });

  test("of one tenant is its own: the platform's and another tenant's are apart", async () => {
    await tamper("UPDATE audit SET action = 'x' WHERE tenant_id = $tenant AND seq = 3");
    expect(await world.control.verifyAudit(platform)).toMatchObject({ intact: true });
    expect(await world.control.verifyAudit(await newTenant(world))).toMatchObject({
      intact: true,
      rows: 0,
      head: null,
    });
  });

  test("stays whole when many write at once", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `playbook-${index}`);
    await Promise.all(names.map((playbook) => world.control.putTenantOverlay(actor, playbook, {}, 0)));
    expect(await verify()).toMatchObject({ intact: true, rows: 36 });
  });
});

describe("the log only grows", () => {
  test.each(["appUrl", "workerUrl", "ownerUrl", "superuserUrl"] as const)("also for %s", async (who) => {
    const client = new pg.Client({ connectionString: world.database[who] });
    await client.connect();
    for (const statement of [
      "UPDATE audit SET action = 'x'",
      "DELETE FROM audit",
      "TRUNCATE audit",
      "DELETE FROM audit_head",
      "TRUNCATE audit_head",
      "UPDATE audit_head SET seq = 1",
    ]) {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [actor.tenantId]);
      const seen = await client.query("SELECT 1 FROM audit WHERE tenant_id = $1", [actor.tenantId]);
      const outcome = await client.query(statement).then(
        ({ rowCount }) => rowCount,
        (error: Error) => error.message,
      );
      // The tables' owner is bound by row security: it sees no row to change. Everybody else is refused outright.
      if (seen.rowCount === 0 && !statement.startsWith("TRUNCATE"))
        expect([0, expect.stringMatching(/refused|permission denied/)]).toContainEqual(outcome);
      else expect(outcome, statement).toMatch(/refused|permission denied/);
      await client.query("ROLLBACK");
    }
    await client.end();
    expect(await verify()).toMatchObject({ intact: true, rows: 6 });
  });

  test("an app cannot claim that a row was written in another transaction", async () => {
    const client = new pg.Client({ connectionString: world.database.appUrl });
    await client.connect();
    await expect(
      client.query(
        "INSERT INTO audit (tenant_id, seq, at, actor, via, action, object, prev_hash, hash, written_in) VALUES ($1, 7, now(), '', '', '', '', '', '', 1)",
        [actor.tenantId],
      ),
    ).rejects.toThrow(/permission denied/);
    await client.end();
  });
});
