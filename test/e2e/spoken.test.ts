import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { expectAtRest } from "./harness/at-rest.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { publishShort, speakFast } from "./harness/spoken.ts";

let database: FreshDatabase;
let installation: Installation;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database, variables: { TANDEM_SMOKE_CALLS: "3" } });
  await speakFast(installation);
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into details of any shape
type Report = any;

/** Objects that smoke tests make, by kind: how many of an office's are left. */
async function leftBehind(office: Office): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const { kind, effect } of await office.ledger()) {
    if (!["contact", "deal", "event"].includes(kind)) continue;
    left[kind] = (left[kind] ?? 0) + (effect === "create" ? 1 : effect === "delete" ? -1 : 0);
  }
  return left;
}

const smokeOf = (office: Office, rolloutId: string): Promise<Report> =>
  office.api.get(`/v1/rollouts/${rolloutId}/smoke`);
const failuresOf = (report: Report): string[] => report.failures;
const namesOf = (report: Report, origin: string): string[] =>
  report.scenarios.filter((each: Report) => each.origin === origin).map((each: Report) => each.name);

describe("every playbook is spoken with before its release takes calls", () => {
  const STANDARD = [
    "The caller interrupts the greeting",
    "The first STT provider is away",
    "The first LLM provider is away",
    "The first TTS provider is away",
    "The caller speaks under noise of -15 dB",
    "A tool takes more than two seconds",
    "The caller is silent",
  ];
  let desk: Office;
  let sales: Office;
  let hosted: Office;
  let rollouts: Record<"desk" | "sales" | "hosted", string>;

  test("a worker that dies in mid-call leaves the calls to the next one, which finishes them all", async () => {
    [desk, sales, hosted] = await Promise.all([
      Office.open(installation, { slug: "desk", agentKind: "tandem" }),
      Office.open(installation, { slug: "sales", agentKind: "tandem", playbook: "lead-qualifier" }),
      Office.open(installation, { slug: "hosted", agentKind: "custom-llm" }),
    ]);
    const doomed = await installation.worker("smoke.call.after#2");
    const { id } = await desk.roll();
    expect((await doomed.ending(120_000))?.signal).toBe("SIGKILL");
    const underWay = (await desk.rollout(id)).memory["smokeCalls"] as readonly unknown[] | undefined;
    expect(underWay?.length, "calls that were under way").toBeGreaterThan(0);
    await installation.worker();
    await desk.reach(id, ["succeeded"], 300_000);
    // One after the other: a machine that plays carrier, callers and providers has enough of four calls at a time.
    const text = await hosted.roll();
    await hosted.reach(text.id, ["succeeded"], 120_000);
    const leads = await sales.roll({}, "lead-qualifier");
    await sales.reach(leads.id, ["succeeded"], 300_000);
    rollouts = { desk: id, sales: leads.id, hosted: text.id };
  }, 600_000);

  test("after-hours answering: both sides' words, times, and where each answer's time went", async () => {
    const report = await smokeOf(desk, rollouts.desk);
    expect(failuresOf(report)).toEqual([]);
    expect(report).toMatchObject({ passed: true, level: "spoken", reducedEvidence: false });
    expect(namesOf(report, "standard")).toEqual(STANDARD);
    const booked = report.scenarios.find((each: Report) => each.name.includes("call-back"));
    const words = booked.turns.map((turn: Report) => `${turn.by}: ${turn.text}`).join("\n");
    expect(words).toContain("caller: No, the number is +15550100199.");
    expect(words).toMatch(/agent: .*How can I help you/);
    expect(words).toMatch(/agent: .*Goodbye/);
    expect(report.response.turns).toBeGreaterThanOrEqual(10);
    const measured = report.scenarios.flatMap((each: Report) => each.latency);
    expect(measured.length).toBeGreaterThan(10);
    for (const { totalMs, transcribeMs, endOfTurnMs, modelMs, speechMs, sendMs, networkMs } of measured)
      expect(Math.abs(totalMs - (transcribeMs + endOfTurnMs + modelMs + speechMs + sendMs + networkMs))).toBeLessThan(
        1,
      );
  });

  test("lead qualification likewise, and the agent that a vendor hosts as text", async () => {
    const [spoken, text] = await Promise.all([smokeOf(sales, rollouts.sales), smokeOf(hosted, rollouts.hosted)]);
    expect(spoken).toMatchObject({ passed: true, level: "spoken", failures: [] });
    expect(namesOf(spoken, "playbook")).toContain("A caller corrects an address and gets a meeting");
    expect(text).toMatchObject({ passed: true, level: "text", failures: [], response: null });
    expect(namesOf(text, "playbook")).toContain("A caller corrects a number and gets a call-back");
  });

  test("what was written at the vendors is gone again, also what the dead worker's calls had made", async () => {
    for (const office of [desk, sales, hosted])
      expect(
        Object.values(await leftBehind(office)).filter((count) => count !== 0),
        office.deployment,
      ).toEqual([]);
    await expectAtRest(installation);
    const open = await installation.rows(
      "SELECT id FROM session WHERE kind = 'trial' AND ended_at IS NULL AND started_at < now() - interval '6 minutes'",
    );
    expect(open).toEqual([]);
  });

  test("the command line shows it to a person", async () => {
    const { code, out: output } = await tandem(desk.api, ["status", desk.deployment, "--smoke"]);
    expect(output).toContain("Smoke test passed");
    expect(output).toMatch(/✓ A caller corrects a number and gets a call-back \(playbook, spoken, \d+\.\d s\)/);
    expect(output).toMatch(/caller {3}Yes, that is right\./);
    expect(output).toMatch(/turn 1: [\d.]+ ms = recognised/);
    expect(code).toBe(0);
  });
});

test("a release whose greeting is not what its conversation must hear is stopped before the switch, and the report shows the turn", async () => {
  const office = await Office.open(installation, { slug: "broken", agentKind: "tandem" });
  await publishShort(office, { version: "9.1.0", greeting: "Good evening.", hears: "How can I help you" });
  const { id } = await office.roll();
  const held = await eventually(
    "the rollout is held",
    async () => {
      const rollout = await office.rollout(id);
      return rollout.phase === "held" ? rollout : undefined;
    },
    180_000,
  );
  expect(held.reason).toMatchObject({ code: "smoke-failed" });
  const report = await smokeOf(office, id);
  expect(report.passed).toBe(false);
  expect(failuresOf(report).find((line) => line.startsWith("A caller has a question"))).toMatch(
    /step 1, hear: "How can I help you": not in time.*heard ".*good evening".* — agent: “.*Good evening/,
  );
  expect((await office.detail()).pointer).toMatchObject({ active: "none", generation: 0 });
}, 240_000);
