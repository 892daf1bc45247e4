import { randomInt, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queryAs } from "../../test-support/filled-tables.ts";
import { pastCall, turnOf } from "../../test-support/past-call.ts";
import { newDeployment, newTenant, openWorld, type Served, type World } from "../../test-support/world.ts";
import { openRetention, openSessionWriter, type OpenSessionWriter, type Retention } from "../index.ts";
import { consentProof } from "./consent-proof.ts";

const PROOF_KEY = "the key of this installation";
const DAY_MS = 86_400_000;
const agoMs = (days: number) => Date.now() - days * DAY_MS - 60_000;

let world: World;
let writer: OpenSessionWriter;
let retention: Retention;
let mine: Served;
let other: Served;

/** A release that keeps texts for so many days. */
const release = (served: Served, hash: string, transcriptDays: number) =>
  world.superuser("INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, $2, $3, 1)", [
    served.actor.tenantId,
    hash,
    { policies: { retention: { transcriptDays, recordingDays: 1 } } },
  ]);
const call = (served: Served, sessionId: string, bundleHash: string, daysAgo: number) =>
  writer.write(
    pastCall(served, { sessionId, bundleHash, startedAtMs: agoMs(daysAgo), from: "+15550001111" }, [
      turnOf(1, 100),
      ["handed-off", { to: "human", summary: "s" }],
    ]),
  );
const kept = async (sessionId: string) => {
  const [row] = await world.superuser<{ caller: string | null; texts: number }>(
    `SELECT s.caller, (SELECT count(*)::int FROM session_event e WHERE e.session_id = s.id
       AND (payload ? 'callerText' OR payload ? 'agentText' OR payload ? 'summary')) AS texts FROM session s WHERE id = $1`,
    [sessionId],
  );
  return [row?.texts, row?.caller === null ? "no caller" : "caller"];
};

beforeAll(async () => {
  world = await openWorld();
  writer = openSessionWriter({ url: world.database.mediaUrl });
  retention = openRetention({ url: world.database.workerUrl, proofKey: PROOF_KEY });
  mine = await newDeployment(world, await newTenant(world));
  other = await newDeployment(world, await newTenant(world));
  await release(mine, "short", 1);
  await release(mine, "long", 400);
  await release(other, "short", 30);
  await call(mine, "past", "short", 8);
  await call(mine, "past-but-recent-caller", "short", 2);
  await call(mine, "today", "short", 0);
  await call(mine, "kept-long", "long", 300);
  await call(mine, "release-gone", "gone", 91);
  await call(other, "others", "short", 8);
});
afterAll(async () => {
  await Promise.all([writer.close(), retention.close()]);
  await world.close();
});

test("texts and callers go when their days are over, tenant by tenant, each release by its own policy", async () => {
  expect(await retention.sweep()).toEqual([{ tenantId: mine.actor.tenantId, texts: 6, callers: 2, callBacks: 0 }]);
  expect(await kept("past")).toEqual([0, "no caller"]);
  expect(await kept("past-but-recent-caller")).toEqual([0, "caller"]);
  expect(await kept("today")).toEqual([2, "caller"]);
  expect(await kept("kept-long")).toEqual([2, "caller"]);
  expect(await kept("release-gone")).toEqual([0, "no caller"]);
  expect(await kept("others")).toEqual([2, "caller"]);
});

test("figures stay, the audit log tells the counts, and a second pass finds nothing", async () => {
  const detail = await world.control.session(mine.actor, "past", { withTexts: true });
  expect(detail?.events[0]?.payload).toMatchObject({ areTextsRemoved: true, latency: { totalMs: 100 } });
  expect(await retention.sweep()).toEqual([]);
  const { items } = await world.control.audit(mine.actor, { limit: 50, cursor: null });
  expect(items.filter(({ action }) => action === "retention.remove")).toEqual([
    expect.objectContaining({
      actor: "system:retention",
      reason: "6 texts, 2 callers and 0 call-backs past their days",
    }),
  ]);
  expect(await world.control.verifyAudit(mine.actor)).toMatchObject({ intact: true });
});

test("an event that arrives late, after its days, loses its words with the next pass", async () => {
  const [late] = pastCall(mine, { sessionId: "past", startedAtMs: agoMs(8) }, [turnOf(2, 50)]).events;
  await writer.write({ sessions: [], events: [{ ...late!, seq: 99 }] });
  expect(await retention.sweep()).toEqual([{ tenantId: mine.actor.tenantId, texts: 1, callers: 0, callBacks: 0 }]);
});

test("a call-back loses number and words when its days and its consent are over, and what was agreed to stays provable", async () => {
  const givenAt = new Date(agoMs(40)).toISOString();
  const callBack = async (
    served: Served,
    name: string,
    change: { finished?: number | null; expired?: number; days?: number },
  ) => {
    const { finished = 31, expired = 35, days = 30 } = change;
    const id = randomUUID();
    await world.superuser(
      `INSERT INTO outbound_call (tenant_id, id, deployment_id, to_number, from_number, lead, consent_given_at, consent_source, consent_text,
         state, due_at, finished_at, expires_at, requested_by, kept_days)
       VALUES ($1, $2, $3, $4, '+15550100001', '{}', $5, 'https://form.example', $6, $7, $8, $9, $10, 'somebody', $11)`,
      [
        served.actor.tenantId,
        id,
        served.deployment.id,
        `+1555777${1000 + randomInt(8000)}`,
        givenAt,
        `Call me back, ${name}.`,
        finished === null ? "calling" : "connected",
        finished === null ? new Date() : null,
        finished === null ? null : new Date(agoMs(finished)),
        new Date(agoMs(expired)),
        days,
      ],
    );
    return id;
  };
  const past = await callBack(mine, "past", {});
  const kept = [
    await callBack(mine, "within its days", { days: 32 }),
    await callBack(mine, "consent still good", { expired: -1 }),
    await callBack(mine, "still open", { finished: null }),
  ];
  const foreign = await callBack(other, "within its days too", { days: 32 });
  const before = await world.control.outboundCall(mine.actor, past);
  expect(await retention.sweep()).toEqual([{ tenantId: mine.actor.tenantId, texts: 0, callers: 0, callBacks: 1 }]);
  const proof = consentProof(PROOF_KEY, { to: before?.to ?? "", givenAt, text: "Call me back, past." });
  expect(await world.control.outboundCall(mine.actor, past)).toEqual({
    ...before,
    to: null,
    consent: { givenAt, source: "https://form.example", text: null, proof },
  });
  expect(consentProof("another key", { to: before?.to ?? "", givenAt, text: "Call me back, past." })).not.toBe(proof);
  for (const id of kept)
    expect(await world.control.outboundCall(mine.actor, id)).toMatchObject({
      to: expect.any(String) as string,
      consent: { proof: null },
    });
  expect(await world.control.outboundCall(other.actor, foreign)).toMatchObject({ consent: { proof: null } });
  expect(await retention.sweep()).toEqual([]);
  await expect(
    world.superuser("UPDATE outbound_call SET to_number = NULL WHERE id = $1", [kept[0] ?? ""]),
  ).rejects.toThrow(/check constraint/);
});

test("the role that removes can do nothing else, and the worker only after becoming it", async () => {
  const as = (text: string) =>
    queryAs(world.database.workerUrl, mine.actor.tenantId, `SET LOCAL ROLE tandem_retention; ${text}`);
  await expect(as("UPDATE session SET disposition = 'x'")).rejects.toThrow(/permission denied/);
  await expect(as("DELETE FROM session_event")).rejects.toThrow(/permission denied/);
  await expect(as("UPDATE outbound_call SET state = 'failed'")).rejects.toThrow(/permission denied/);
  await expect(as("SELECT lead FROM outbound_call")).rejects.toThrow(/permission denied/);
  await expect(as("SELECT * FROM connection")).rejects.toThrow(/permission denied/);
  await expect(
    queryAs(world.database.workerUrl, mine.actor.tenantId, "UPDATE session SET caller = NULL"),
  ).rejects.toThrow(/permission denied/);
  await expect(
    queryAs(world.database.mediaUrl, mine.actor.tenantId, "SET LOCAL ROLE tandem_retention"),
  ).rejects.toThrow(/permission denied/);
});
