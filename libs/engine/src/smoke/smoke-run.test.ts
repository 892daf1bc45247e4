import type { AgentKind, SmokeScenario } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { SmokeReport } from "@tandem/domain/rollout";
import type { SpokenReport, TrialScript } from "@tandem/ports/ingress-probe";
import { buildBundle, DEPLOYMENT_ID, type IngressQuirks, Scene, turnRecord } from "@tandem/testkit";
import { describe, expect, test } from "vitest";

const booking: SmokeScenario = {
  name: "A caller books",
  steps: [
    { do: "hear", anyOf: ["Good day"] },
    { do: "say", text: "I want an appointment." },
    { do: "listen" },
    { do: "say", text: "Tomorrow, please." },
    { do: "expect-tool", tool: "book", outcome: "success" },
  ],
};

const answers: SmokeScenario = { name: "answers", steps: [{ do: "answer", expect: "agent" }] };

function speaking(kind: AgentKind, smoke: readonly SmokeScenario[] = [answers, booking]): Partial<ReleaseBundle> {
  const { bundle } = buildBundle({ deploymentId: DEPLOYMENT_ID });
  const provider = (name: string) => ({ provider: name, model: "m", settings: {} });
  const chain = [provider("one"), provider("two"), provider("three")];
  return {
    agent: { ...bundle.agent, kind },
    conversation: {
      ...bundle.conversation,
      greeting: "Good day to you.",
      limits: { maxCallMinutes: 5, inactivitySeconds: 30 },
    },
    smoke: [...smoke],
    tools: [
      {
        name: "book",
        description: "Books.",
        operation: "calendar.book",
        resource: "calendar.calendar/bookings",
        arguments: {},
        settings: {},
        acknowledgement: "One moment.",
        timeoutMs: 5000,
      },
    ],
    providers: { stt: chain, llm: chain, tts: chain },
  };
}

type Conversation = NonNullable<IngressQuirks["conversation"]>;

/** Rolls a speaking release out until its smoke test has been reported. */
async function tested(
  conversation: Conversation = (_, report) => report,
  patch: Partial<ReleaseBundle> = speaking("tandem"),
  prepare: (scene: Scene) => void = () => {},
): Promise<{ scene: Scene; report: SmokeReport }> {
  const scene = new Scene({ ingress: { conversation } });
  prepare(scene);
  await scene.start({ hasCalendar: true, patch });
  await scene.until(() => scene.events().includes("smoke-reported"));
  const stored = scene.database.events.find(({ type }) => type === "smoke-reported");
  return { scene, report: SmokeReport.parse(stored?.payload) };
}

/** Changes the reports of calls to which this applies. */
const spoiled =
  (applies: (script: TrialScript) => boolean, spoil: (report: SpokenReport) => Partial<SpokenReport>): Conversation =>
  (script, report) =>
    applies(script) ? { ...report, ...spoil(report) } : report;

const always = () => true;
const books = ({ steps }: TrialScript) => steps.some((step) => step.do === "expect-tool");
const without = (
  report: SpokenReport,
  change: (trace: NonNullable<SpokenReport["trace"]>) => object,
): Partial<SpokenReport> => (report.trace === null ? {} : { trace: { ...report.trace, ...change(report.trace) } });

describe("a release that speaks", () => {
  test("is spoken with: the playbook's conversations and the standard set, and only then it is ready", async () => {
    const { scene, report } = await tested();
    expect(report.failures).toEqual([]);
    expect(report).toMatchObject({ passed: true, level: "spoken", reducedEvidence: false });
    expect(report.response).toMatchObject({ p95Ms: 240, targetMs: 300 });
    expect(report.scenarios.map(({ origin, name }) => `${origin}: ${name}`)).toEqual([
      "playbook: answers",
      "playbook: A caller books",
      "standard: The caller interrupts the greeting",
      "standard: The first STT provider is away",
      "standard: The first LLM provider is away",
      "standard: The first TTS provider is away",
      "standard: The caller speaks under noise of -15 dB",
      "standard: A tool takes more than two seconds",
      "standard: The caller is silent",
    ]);
    await scene.untilPhase("succeeded");
    expect(scene.rollout().memory).toMatchObject({ smoke: { level: "spoken", passed: true } });
    expect(scene.rollout().memory["smoke"]).not.toHaveProperty("scenarios");
  });

  test("is watched while it is spoken with: what is to be held, what has begun, and how each ended", async () => {
    const { scene, report } = await tested(spoiled(books, () => ({ turns: [] })));
    const told = scene.database.events.filter(({ type }) => type.startsWith("scenario"));
    const names = told[0]?.payload["scenarios"] as string[];
    expect(told[0]?.type).toBe("scenarios-planned");
    for (const name of names) {
      const about = told.filter(({ payload }) => payload["scenario"] === name);
      expect(about.map(({ type }) => type)).toEqual(["scenario-began", "scenario-ended"]);
      const judged = report.scenarios.find((scenario) => scenario.name === name);
      expect(about[1]?.payload["result"]).toBe(judged?.passed === true ? "passed" : "not passed");
    }
    expect(new Set(told.map(({ payload }) => payload["result"]))).toEqual(new Set([undefined, "passed", "not passed"]));
    expect(told).toHaveLength(1 + 2 * names.length);
    expect(scene.events().indexOf("scenario-ended")).toBeLessThan(scene.events().indexOf("smoke-reported"));
  });

  const wrong: readonly (readonly [string, Conversation, RegExp])[] = [
    ["nothing is heard", spoiled(always, () => ({ turns: [] })), /nothing was heard/],
    ["nothing was kept of the calls", spoiled(always, () => ({ trace: null })), /kept nothing of the call/],
    [
      "the stream does not open",
      spoiled(always, () => ({ trouble: "refused with 4401", ok: false })),
      /refused with 4401/,
    ],
    [
      "other words are heard",
      spoiled(books, ({ steps }) => ({
        ok: false,
        steps: [{ ...steps[0]!, ok: false, detail: '"Good day": not in time; heard "bad day"' }],
      })),
      /A caller books: step 1, hear: "Good day": not in time; heard "bad day" — .*caller.*agent/,
    ],
    [
      "the script is not played to its end",
      spoiled(books, ({ steps }) => ({ steps: steps.slice(0, -1) })),
      /not held to its end/,
    ],
    ["the caller hears nothing for too long", spoiled(books, () => ({ longestSilenceMs: 2300 })), /2300 ms of silence/],
    [
      "an answer froze, with where its time went",
      spoiled(books, (report) =>
        without(report, () => ({ turns: [{ ...turnRecord(1, "Hello."), longestSilenceMs: 2600 }] })),
      ),
      /turn 1: 2600 ms without a sound \(240 ms = recognised 60 \+ end of turn 40 \+ model 80/,
    ],
    ["words arrive damaged", spoiled(always, () => ({ damagedWords: 3 })), /3 of \d+ words arrived damaged/],
    [
      "nothing was written",
      spoiled(books, (report) => without(report, () => ({ made: [] }))),
      /book left nothing at its vendor/,
    ],
    [
      "a refused write is not taken for an object",
      spoiled(books, (report) =>
        without(report, () => ({ made: [{ tool: "book", result: { reason: "unavailable" } }] })),
      ),
      /book left nothing at its vendor/,
    ],
    [
      "an outage is not survived",
      spoiled(
        ({ faults }) => faults.includes("llm-outage"),
        (report) => without(report, ({ turns }) => ({ turns: turns.map((turn) => ({ ...turn, agentText: "" })) })),
      ),
      /The first LLM provider is away: no turn was answered/,
    ],
    [
      "the outage never happened",
      spoiled(
        ({ faults }) => faults.includes("tts-outage"),
        (report) => without(report, ({ turns }) => ({ turns: turns.map((turn) => ({ ...turn, retries: 0 })) })),
      ),
      /The first TTS provider is away: no other provider took over/,
    ],
    [
      "the slow tool was not slow",
      spoiled(
        ({ faults }) => faults.includes("slow-tool"),
        (report) => without(report, ({ tools }) => ({ tools: tools.map((tool) => ({ ...tool, durationMs: 100 })) })),
      ),
      /no tool was slow/,
    ],
    [
      "the greeting goes on over the caller",
      spoiled(
        ({ steps }) => steps.some((step) => step.do === "interrupt"),
        (report) =>
          without(report, ({ turns }) => ({ turns: turns.map((turn) => ({ ...turn, wasInterrupted: false })) })),
      ),
      /not cut off by the interruption/,
    ],
    [
      "what was cut off counts as said",
      spoiled(
        ({ steps }) => steps.some((step) => step.do === "interrupt"),
        (report) =>
          without(report, ({ turns }) => ({
            turns: turns.map((turn) => ({ ...turn, agentText: "Good day to you." })),
          })),
      ),
      /words of the greeting that the caller did not hear/,
    ],
    [
      "noise drowns the caller",
      spoiled(
        ({ steps }) => steps.some((step) => step.do === "noise"),
        (report) => without(report, () => ({ turns: [turnRecord(1, "x")] })),
      ),
      /under noise only 0 %/,
    ],
    [
      "answers are slow",
      spoiled(always, (report) =>
        without(report, ({ turns }) => ({
          turns: turns.map((turn) => ({
            ...turn,
            latency: turn.latency && { ...turn.latency, modelMs: 1160, totalMs: 1320 },
          })),
        })),
      ),
      /1320 ms \(p95 of \d+\), 300 ms at most, more than 1200 ms is an alarm.*The slowest, to “.*”: 1320 ms = .*model 1160/,
    ],
    [
      "hardly anything was measured",
      spoiled(always, (report) =>
        without(report, ({ turns }) => ({ turns: turns.map((turn) => ({ ...turn, latency: null })) })),
      ),
      /only 0 answers were measured/,
    ],
    [
      "answers wait for tools only",
      spoiled(always, (report) =>
        without(report, ({ turns }) => ({
          turns: turns.map((turn) => ({
            ...turn,
            tools: [{ tool: "book", outcome: "success", durationMs: 1, isSpeculative: false }],
          })),
        })),
      ),
      /only 0 answers were measured/,
    ],
  ];

  test.each(wrong)("is stopped before the switch when %s", async (_, conversation, told) => {
    const { scene, report } = await tested(conversation);
    expect(report.passed).toBe(false);
    expect(report.failures.join("\n")).toMatch(told);
    await scene.until(() => scene.rollout().reason?.code === "smoke-failed");
    expect(scene.rollout().phase).toBe("held");
    expect(scene.state.pointer.active).toBe("none");
    expect(scene.state.slots.blue.readyBundleHash).toBeNull();
  });

  test("what a damaged line spoiled is held once more, and believed the second time", async () => {
    let calls = 0;
    const bad = spoiled(books, () => ({ ok: false, damagedWords: 2, steps: [] }));
    const { report } = await tested((script, held) =>
      books(script) && script.faults.length === 0 && (calls += 1) === 1 ? bad(script, held) : held,
    );
    expect(report.failures).toEqual([]);
    expect(report.scenarios.map(({ attempts }) => attempts)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 1]);
    const twice = await tested((script, held) => (script.faults.length === 0 ? bad(script, held) : held));
    expect(twice.report.failures).toEqual([expect.stringContaining("A caller books: the conversation was not held")]);
    expect(twice.report.scenarios[1]).toMatchObject({ attempts: 2, passed: false });
  });

  test("a call that rejects is a failure, not an exception", async () => {
    const { report } = await tested(() => Promise.reject(new Error("connection reset")));
    expect(report.failures.join()).toContain("the call could not be held: connection reset");
  });

  test("a caller that never comes to an end is told to hang up, and the others are heard", async () => {
    const { report } = await tested((script, held) =>
      books(script) && script.faults.length === 0
        ? new Promise((resolve) => {
            script.signal.addEventListener("abort", () => resolve({ ...held, ok: false, steps: [] }));
          })
        : held,
    );
    expect(report.failures).toEqual([
      expect.stringContaining("A caller books: the conversation was not held to its end"),
    ]);
  });

  test("without leave to write the conversations that write are left out, visibly, and the rest is held", async () => {
    const { report, scene } = await tested(undefined, undefined, ({ database }) => {
      database.connections.forEach((one, index) => (database.connections[index] = { ...one, smokeWrites: "none" }));
    });
    expect(report).toMatchObject({ reducedEvidence: true, skippedWrites: 2 });
    const left = report.scenarios.filter(({ reduced }) => reduced !== null);
    expect(left.map(({ name, reduced }) => [name, reduced])).toEqual([
      ["A caller books", "not held: book would write where smoke tests may not"],
      ["A tool takes more than two seconds", "not held: book would write where smoke tests may not"],
    ]);
    expect(scene.world.bookings.size).toBe(0);
  });

  test("the lease is held through calls that last for many of its lengths", async () => {
    const left: number[] = [];
    let made: Scene | null = null;
    const { report } = await tested(
      async (_, held) => {
        for (let second = 0; second < 20; second += 1) {
          await made?.clock.sleep(1000);
          left.push((made?.state.leaseUntilMs ?? 0) - (made?.clock.now() ?? 0));
        }
        return held;
      },
      undefined,
      (scene) => (made = scene),
    );
    expect(report.passed).toBe(true);
    expect(left.length).toBeGreaterThan(100);
    expect(Math.min(...left)).toBeGreaterThan(0);
  });

  test("an abort in mid-call hangs up at once and cleans the slot; nothing that was made stays", async () => {
    let askedAtMs = 0;
    let hungUpAtMs = 0;
    const scene: Scene = new Scene({
      ingress: {
        conversation: async (script, held) => {
          if (askedAtMs === 0) {
            askedAtMs = scene.clock.now() + 500;
            await scene.clock.sleep(500); // until every caller that can talk does
            await scene.operator.ask(scene.deploymentId, "abort");
          }
          return new Promise((resolve) => {
            script.signal.addEventListener("abort", () => {
              hungUpAtMs = scene.clock.now();
              resolve(held);
            });
          });
        },
      },
    });
    await scene.start({ hasCalendar: true, patch: speaking("tandem") });
    await scene.untilPhase("aborted");
    expect(hungUpAtMs - askedAtMs).toBeLessThan(2000);
    expect(scene.state.pointer.active).toBe("none");
    expect(scene.rollout().memory["smokeCalls"] ?? []).toEqual([]);
    expect(scene.rollout().memory["smokeLeftovers"] ?? []).toEqual([]);
  });
});

test("a hosted agent with our engine behind it is talked with as text, and the report says so", async () => {
  const { report } = await tested(undefined, speaking("custom-llm"));
  expect(report).toMatchObject({ passed: true, level: "text", response: null });
  expect(report.scenarios.map(({ name, level }) => `${level}: ${name}`)).toEqual([
    "read-back: answers",
    "text: A caller books",
    "text: The caller interrupts the greeting",
    "text: The first LLM provider is away",
    "text: A tool takes more than two seconds",
    "text: The caller is silent",
  ]);
});

test("a hosted agent with a model of its vendor's is read back and its tools are tried; nobody can talk with it", async () => {
  const { report } = await tested(undefined, speaking("retell-llm", [answers]));
  expect(report).toMatchObject({ passed: true, level: "read-back", response: null });
  expect(report.scenarios).toHaveLength(1);
});

test("what a conversation made is removed, also what a worker that died in mid-call left behind", async () => {
  const scene = new Scene({
    ingress: {
      lost: ({ sessionId }) => ({
        sessionId,
        turns: [],
        tools: [],
        made: [{ tool: "book", result: { event_id: "event-lost" } }],
        openTools: 0,
        ended: "lost",
        handedOffTo: null,
      }),
    },
  });
  scene.world.bookings.set("event-lost", { eventId: "event-lost" });
  await scene.start({ hasCalendar: true, patch: speaking("tandem") }, { promotion: "manual" });
  scene.atPoint("lease.claimed", () => undefined);
  const smokeCalls = [{ sessionId: "session-of-the-dead", callId: "call", nodeOrigin: null }];
  Object.assign(scene.state.rollouts.at(-1)!, { memory: { ...scene.rollout().memory, smokeCalls } });
  await scene.until(() => scene.rollout().reason?.code === "awaiting-promotion");
  expect([...scene.world.bookings.keys()]).toEqual([]);
  expect(scene.rollout().memory["smokeCalls"] ?? []).toEqual([]);
});
