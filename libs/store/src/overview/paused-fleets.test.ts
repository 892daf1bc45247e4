import { randomUUID } from "node:crypto";
import { fleetReasonOf } from "@tandem/domain/fleet";
import type { OverviewScope } from "@tandem/ports/store/overview";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fleetWish, publishFleetVersion } from "../../test-support/filled-tables.ts";
import { newDeployment, newTenant, openWorld, platform, type Served, type World } from "../../test-support/world.ts";
import { openFleetWork } from "../index.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";

let world: World;
let served: Served[];
let id: string;

beforeAll(async () => {
  world = await openWorld();
  await publishFleetVersion(world);
  served = [];
  for (const slug of ["alpha", "beta", "gamma"]) served.push(await newDeployment(world, await newTenant(world, slug)));
  ({ id } = await world.control.startFleet({ ...platform, effectId: randomUUID() }, fleetWish, null));
});
afterAll(() => world.close());

async function person(...memberships: [tenantId: string, roles: string[], over?: string][]): Promise<OverviewScope> {
  const personId = randomUUID();
  await world.superuser("INSERT INTO person (tenant_id, id, email, name) VALUES ($1, $2, $3, 'P')", [
    PLATFORM_TENANT_ID,
    personId,
    `${personId}@example.com`,
  ]);
  for (const [tenantId, roles, over = null] of memberships)
    await world.superuser(
      `INSERT INTO membership (tenant_id, person_id, source, roles, created_by, expires_at, disabled_at)
       VALUES ($1, $2, $3, $4, 'test', CASE WHEN $5 = 'expired' THEN now() - interval '1 minute' END, CASE WHEN $5 = 'disabled' THEN now() END)`,
      [tenantId, personId, over === "expired" ? "break-glass" : "member", roles, over],
    );
  return { kind: "person", personId };
}
const administrator = () => person([PLATFORM_TENANT_ID, ["platform-admin"]]);

const told = async (scope: OverviewScope, tenant?: string) => {
  const filter = tenant === undefined ? {} : { tenant };
  const { items, counts } = await world.control.attention(scope, filter, { after: null, limit: 50 });
  return { fleets: items.filter(({ kind }) => kind === "fleet-paused"), count: counts["fleet-paused"] ?? 0 };
};

const ask = (kind: "pause" | "resume", reason: string | null = null) =>
  world.control.requestOfFleet({ ...platform, subject: "person:anna" }, id, { kind }, reason);

/** As a worker does it when more have failed than the budget allows. */
async function stopAtBudget(detail: string): Promise<void> {
  const work = openFleetWork({ url: world.database.workerUrl });
  const lease = await work.claim(id, "w-1", 60_000);
  if (lease === null) throw new Error("somebody holds the fleet rollout");
  const [first, second] = served.map(({ actor: { tenantId }, deployment }) => ({
    tenantId,
    deploymentId: deployment.id,
    from: "pending" as const,
    reason: null,
  }));
  const members = [
    { ...first!, to: "failed" as const },
    { ...second!, to: "succeeded" as const },
  ];
  const fleet = { state: "paused" as const, reason: fleetReasonOf("failure-budget", detail), wavePosition: 0 };
  await work.write(lease, { members, fleet, toAbort: [], dueInMs: null }, { state: "running", wavePosition: 0 });
  await work.release(lease, null);
  await work.close();
}

test("a fleet rollout that goes on needs nobody; one that a person paused says who, since when and why", async () => {
  const scope = await administrator();
  expect(await told(scope)).toEqual({ fleets: [], count: 0 });
  await ask("pause", "lunch");
  const { fleets, count } = await told(scope);
  expect(count).toBe(1);
  expect(fleets).toMatchObject([
    {
      urgency: 3,
      tenant: null,
      deployment: null,
      rolloutId: null,
      connection: null,
      until: null,
      code: "pause-asked",
      detail: "lunch",
      fleet: { id, playbook: "after-hours-answering", version: "9.0.0", pausedBy: "person:anna" },
    },
  ]);
  expect(Date.parse(fleets[0]?.since ?? "")).toBeGreaterThan(Date.now() - 60_000);
  await ask("resume");
  expect(await told(scope)).toEqual({ fleets: [], count: 0 });
});

test("one that paused by itself is more urgent, and says how many failed and got through", async () => {
  const detail = "1 of 3 members of the wave all failed; its budget is 0.";
  await stopAtBudget(detail);
  const { fleets } = await told(await administrator());
  expect(fleets).toMatchObject([
    {
      urgency: 1,
      code: "failure-budget",
      detail,
      nextAction: expect.stringContaining("resume"),
      fleet: { pausedBy: null, failed: 1, through: 1, members: 3 },
    },
  ]);
});

test("it is told to the platform's administrators alone", async () => {
  const alpha = served[0]?.actor.tenantId ?? "";
  const nobody = { fleets: [], count: 0 };
  for (const scope of [
    { kind: "tenant", tenantId: alpha } as const,
    { kind: "person", personId: "" } as const,
    await person(),
    await person([alpha, ["tenant-admin"]]),
    await person([PLATFORM_TENANT_ID, ["viewer"]]),
    await person([PLATFORM_TENANT_ID, ["platform-admin"], "expired"]),
    await person([PLATFORM_TENANT_ID, ["platform-admin"], "disabled"]),
  ])
    expect(await told(scope), JSON.stringify(scope)).toEqual(nobody);
  expect(await told(await administrator(), "alpha")).toEqual(nobody); // it is nothing of one tenant
  expect((await told(await person([PLATFORM_TENANT_ID, ["platform-admin", "viewer"]]))).count).toBe(1);
});

test("pages bring it once beside what deployments need", async () => {
  const scope = await person([PLATFORM_TENANT_ID, ["platform-admin", "viewer"]]);
  const all = (await world.control.attention(scope, {}, { after: null, limit: 50 })).items;
  const paged: (typeof all)[number][] = [];
  for (let after: string | null = null, more = true; more;) {
    const page = await world.control.attention(scope, {}, { after, limit: 1 });
    paged.push(...page.items);
    after = page.next;
    more = after !== null;
  }
  expect(paged).toEqual(all);
  expect(all.map(({ kind }) => kind).toSorted()).toEqual([
    "credential-missing",
    "credential-missing",
    "credential-missing",
    "fleet-paused",
  ]);
});
