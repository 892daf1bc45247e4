import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { newTenant, openWorld, type World } from "../../test-support/world.ts";

const ROWS = 10_000;

let world: World;
let actor: Actor & { tenantId: string };
beforeAll(async () => {
  world = await openWorld();
  actor = await newTenant(world);
  // In pieces: within one transaction every row makes the next look through all earlier heads.
  for (let from = 1; from <= ROWS; from += 100)
    await world.superuser(
      `SELECT count(append_audit($1::uuid, 'worker', 'worker', 'rollout.waited', 'rollout/' || (n % 50), NULL, n::text, NULL, NULL))
       FROM generate_series($2::int, $2::int + 99) n`,
      [actor.tenantId, from],
    );
});
afterAll(() => world.close());

/** Runs a change that only a superuser can make, looks, and takes it back. */
async function brokenBy(change: string): Promise<number | null> {
  const text = change.replaceAll("$tenant", `'${actor.tenantId}'`);
  await world.superuser("CREATE TABLE kept AS SELECT * FROM audit");
  await world.superuser("ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER");
  await world.superuser(text);
  const { brokenAt, intact } = await world.control.verifyAudit(actor);
  expect(intact).toBe(false);
  await world.superuser("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
  await world.superuser("ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_head ENABLE TRIGGER USER");
  return brokenAt;
}

test(`${ROWS} rows are verified, exported in order, and each way of changing them shows where`, async () => {
  expect(await world.control.verifyAudit(actor)).toMatchObject({ intact: true, rows: ROWS });
  const at = (seq: number) => `tenant_id = $tenant AND seq = ${seq}`;
  for (const seq of [1, ROWS]) {
    expect(await brokenBy(`UPDATE audit SET after_hash = 'x' WHERE ${at(seq)}`)).toBe(seq);
    expect(await brokenBy(`DELETE FROM audit WHERE ${at(seq)}`)).toBe(seq);
  }
  expect(await brokenBy(`DELETE FROM audit WHERE tenant_id = $tenant AND seq > 7000`)).toBe(7_001);
  const exchange = `UPDATE audit SET seq = -1 WHERE ${at(500)}; UPDATE audit SET seq = 500 WHERE ${at(501)}; UPDATE audit SET seq = 501 WHERE ${at(-1)}`;
  expect(await brokenBy(exchange)).toBe(500);
  expect(await world.control.verifyAudit(actor)).toMatchObject({ intact: true, rows: ROWS });
});

test("an export holds no more than some pages at a time, and its end", async () => {
  const heapBefore = process.memoryUsage().heapUsed;
  let [rows, last, most] = [0, 0, 0];
  for await (const line of world.control.exportAudit(actor)) {
    if (line.line === "row") {
      expect(line.row.seq).toBe(last + 1);
      [rows, last] = [rows + 1, line.row.seq];
    }
    if (rows % 1_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - heapBefore);
    if (line.line === "end") expect(line).toMatchObject({ rows: ROWS, head: { seq: ROWS } });
  }
  expect(rows).toBe(ROWS);
  expect(most).toBeLessThan(64 * 1024 * 1024);
});
