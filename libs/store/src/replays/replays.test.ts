import { comparedSession, defaultReplay, notReplayable, type ReplayRun } from "@tandem/domain/replay";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pastCall, turnOf } from "../../test-support/past-call.ts";
import { newDeployment, newTenant, openWorld, type Served, type World } from "../../test-support/world.ts";
import { openRetention, openSessionWriter, type OpenSessionWriter } from "../index.ts";

const DAY_MS = 86_400_000;
let world: World;
let writer: OpenSessionWriter;
let mine: Served;
let other: Served;

const EXCHANGE = { arguments: { start: "2026-12-01T09:00", name: "[personal]" }, reply: { event_id: "e1" } };
const booking = [
  "tool-finished",
  { tool: "book", outcome: "success", operation: "calendar.book", exchange: EXCHANGE },
] as const;
const opening = ["turn-ended", { turn: 0, callerText: "", agentText: "hello" }] as const;

const call = (served: Served, sessionId: string, daysAgo: number, over: object = {}, first: object = {}) =>
  writer.write(
    pastCall(served, { sessionId, bundleHash: "kept", startedAtMs: Date.now() - daysAgo * DAY_MS - 1000, ...over }, [
      ["call-answered", { ...first }],
      opening,
      turnOf(1, 100),
      booking,
      turnOf(2, 100),
    ]),
  );
const query = (served: Served) => ({
  tenantId: served.actor.tenantId,
  deploymentId: served.deployment.id,
  release: "kept",
  maxAgeDays: 20,
  limit: 10,
});

beforeAll(async () => {
  world = await openWorld();
  writer = openSessionWriter({ url: world.database.mediaUrl });
  mine = await newDeployment(world, await newTenant(world));
  other = await newDeployment(world, await newTenant(world));
  for (const [hash, transcriptDays] of [
    ["kept", 10],
    ["silent", 0],
  ] as const)
    await world.superuser("INSERT INTO release (tenant_id, hash, bundle, max_call_ms) VALUES ($1, $2, $3, 1)", [
      mine.actor.tenantId,
      hash,
      { policies: { retention: { transcriptDays, recordingDays: 1 } } },
    ]);
  await call(mine, "newest", 1, { disposition: "booked" });
  await call(mine, "older", 3);
  await call(mine, "words-are-over", 11);
  await call(mine, "trial", 1, { kind: "trial", disposition: "trial" });
  await call(mine, "lost", 1, { disposition: "lost" });
  await call(mine, "going-on", 0, { endedAt: null, disposition: null });
  await call(mine, "we-called", 1, {}, { direction: "outbound" });
  await call(mine, "no-words-kept", 1, { bundleHash: "silent" });
  await call(other, "others", 1);
});
afterAll(async () => {
  await writer.close();
  await world.close();
});

describe("past sessions", () => {
  test("are the live, ended, inbound ones of the release whose words are still kept, newest first and only one's own", async () => {
    const { replays } = world.worker;
    expect(await replays.candidates(query(mine))).toEqual([
      { sessionId: "newest", disposition: "booked" },
      { sessionId: "older", disposition: "handled" },
    ]);
    expect(await replays.candidates({ ...query(mine), maxAgeDays: 2 })).toHaveLength(1);
    expect(await replays.candidates({ ...query(mine), release: "silent" })).toEqual([]);
    expect(await replays.candidates(query(other))).toEqual([]);
  });

  test("come with what was said and what tools answered; without words there is no session", async () => {
    const { replays } = world.worker;
    const { tenantId } = mine.actor;
    expect(await replays.pastSession(tenantId, "newest")).toMatchObject({
      disposition: "booked",
      said: ["my name is [name]", "my name is [name]"],
      recorded: [{ tool: "book", outcome: "success", ...EXCHANGE }],
    });
    expect(await replays.pastSession(tenantId, "words-are-over")).toBeNull();
    expect(await replays.pastSession(other.actor.tenantId, "newest")).toBeNull();
  });

  test("show what tools were told to nobody who may not read transcripts", async () => {
    const seen = async (withTexts: boolean) =>
      JSON.stringify(await world.control.session(mine.actor, "newest", { withTexts }));
    expect(await seen(true)).toContain("[personal]");
    expect(await seen(false)).not.toMatch(/exchange|callerText/);
  });
});

const run: ReplayRun = {
  bundleHash: "kept",
  disposition: "booked",
  handedOffTo: null,
  language: "en-US",
  objectives: [],
  turns: [],
  trouble: null,
};
const comparison = comparedSession(
  { sessionId: "newest", disposition: "booked" },
  { before: run, again: run, after: { ...run, disposition: "handled" } },
);
const words = { turns: [{ turn: 1, said: "my name is Alex", before: "hello", after: "good day" }] };

test("a replay that is asked for is claimed once, kept session by session, finished once, and told with its words to some", async () => {
  const { replays } = world.worker;
  const { tenantId } = mine.actor;
  const { replayId } = await world.control.requestReplay(mine.actor, mine.deployment.id, defaultReplay);
  expect(await world.control.requestReplay(mine.actor, mine.deployment.id, defaultReplay)).toEqual({ replayId });
  const asked = await replays.claimReplay(60_000);
  expect(asked).toEqual({ tenantId, id: replayId, deploymentId: mine.deployment.id, policy: defaultReplay });
  expect(await replays.claimReplay(60_000)).toBeNull();
  const row = { tenantId, deploymentId: mine.deployment.id, replayId, comparison, words };
  await replays.keep({ ...row, wordsUntil: new Date(Date.now() + DAY_MS).toISOString() });
  await replays.keep({ ...row, words: { turns: [] }, wordsUntil: new Date(0).toISOString() });
  expect(await replays.kept(tenantId, replayId)).toEqual([comparison]);
  await replays.finishReplay(asked!, notReplayable("a", "b", "first"));
  await replays.finishReplay(asked!, { failure: "second" });
  const shown = await world.control.replay(mine.actor, replayId, { withWords: true });
  expect(shown).toMatchObject({ state: "done", report: { detail: "first" }, sessions: [{ ...comparison, words }] });
  const hidden = await world.control.replay(mine.actor, replayId, { withWords: false });
  expect(hidden?.sessions).toEqual([{ ...comparison, words: null }]);
  expect(await world.control.replay(other.actor, replayId, { withWords: true })).toBeNull();
  const { items } = await world.control.audit(mine.actor, { limit: 50, cursor: null });
  const told = items.filter(({ action }) => action.startsWith("replay."));
  expect(told.map(({ action }) => action)).toEqual(["replay.finished", "replay.compared", "replay.requested"]);
  expect(JSON.stringify(told)).not.toContain("Alex");
});

test("words of a replay go with the days of their session", async () => {
  const retention = openRetention({ url: world.database.workerUrl, proofKey: "k" });
  await world.superuser("UPDATE replay_session SET words_until = now() - interval '1 second'");
  const [counts] = await retention.sweep();
  await retention.close();
  expect(counts?.texts).toBeGreaterThan(0);
  expect(await world.superuser("SELECT words, comparison ->> 'verdict' AS verdict FROM replay_session")).toEqual([
    { words: null, verdict: "differs" },
  ]);
  const gone = await world.superuser(
    "SELECT 1 FROM session_event WHERE session_id = 'words-are-over' AND payload ? 'exchange'",
  );
  expect(gone).toEqual([]);
});
