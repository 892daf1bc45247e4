import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "@tandem/ports/store/control";
import { newTenant, openWorld, type World } from "../../test-support/world.ts";
import { ROWS_LOOKED_AT } from "./audit-search.ts";

let world: World;
let actor: Actor & { tenantId: string };

const write = (tenantId: string, count: number, action: string, object = "deployment/d1") =>
  world.superuser(
    "SELECT append_audit($1, 'key:' || $3, 'api', $3, $4, NULL, NULL, 'because of ' || n, NULL) FROM generate_series(1, $2::int) n",
    [tenantId, count, action, object],
  );

beforeAll(async () => {
  world = await openWorld();
  actor = await newTenant(world);
  await write(actor.tenantId, 3, "rollout.approved", "rollout/r1");
  await write(actor.tenantId, 2, "rollout.started", "rollout/r2");
  await write(actor.tenantId, 2, "deployment.configured");
});
afterAll(() => world.close());

const search = async (filter: object, page = { limit: 50, cursor: null as string | null }) =>
  world.control.searchAudit(actor, filter, page);
const actionsOf = async (filter: object): Promise<string[]> =>
  (await search(filter)).items.map(({ action }) => action).toSorted();

test.each([
  [{ actor: "key:rollout.started" }, ["rollout.started", "rollout.started"]],
  [{ action: "rollout.started" }, ["rollout.started", "rollout.started"]],
  [{ action: "rollout" }, [...Array<string>(3).fill("rollout.approved"), "rollout.started", "rollout.started"]],
  [{ action: "roll" }, []],
  [{ object: "deployment" }, ["deployment.configured", "deployment.configured"]],
  [{ object: "rollout/r2", text: "BECAUSE of 2" }, ["rollout.started"]],
  [{ text: "100%" }, []],
  [{ to: "2000-01-01T00:00:00.000Z" }, []],
  [{ from: "2000-01-01T00:00:00.000Z", action: "deployment" }, ["deployment.configured", "deployment.configured"]],
])("%j", async (filter, actions) => {
  expect(await actionsOf(filter)).toEqual(actions);
});

test("pages bring each row once, newest first", async () => {
  const seqs: number[] = [];
  let cursor: string | null = null;
  do {
    const page = await search({ action: "rollout" }, { limit: 2, cursor });
    seqs.push(...page.items.map(({ seq }) => seq));
    cursor = page.next;
  } while (cursor !== null);
  expect(seqs).toEqual([5, 4, 3, 2, 1]);
});

test("a search looks at a bounded number of rows and goes on from there", async () => {
  const long = await newTenant(world);
  const rows = ROWS_LOOKED_AT + 11;
  await world.superuser(
    `INSERT INTO audit (tenant_id, seq, at, actor, via, action, object, prev_hash, hash)
     SELECT $1, n, now(), 'key:x', 'api', CASE n WHEN 1 THEN 'tenant.rare' ELSE 'deployment.configured' END, 'deployment/d', '', ''
     FROM generate_series(1, $2::int) n`,
    [long.tenantId, rows],
  );
  await world.superuser("INSERT INTO audit_head (tenant_id, seq, hash) VALUES ($1, $2, '')", [long.tenantId, rows]);
  const first = await world.control.searchAudit(long, { action: "tenant.rare" }, { limit: 5, cursor: null });
  expect([first.items, first.next]).toEqual([[], expect.any(String)]);
  const second = await world.control.searchAudit(long, { action: "tenant.rare" }, { limit: 5, cursor: first.next });
  expect([second.items.map(({ action }) => action), second.next]).toEqual([["tenant.rare"], null]);
});
