import { callFromSandbox, type CallReport, runScript, toneVoice } from "@tandem/caller";
import type { CallerStep } from "@tandem/domain/manifest";
import type { TurnRecord } from "@tandem/domain/session";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { number, openSpokenOffice, type SpokenOffice } from "../../test-support/spoken-office.ts";

let office: SpokenOffice;

beforeEach(async () => {
  office = await openSpokenOffice();
});

afterEach(() => office.stop());

const call = async (steps: readonly CallerStep[], from = "+15550004001"): Promise<CallReport> => {
  const { controlOrigin } = office.sandbox;
  const line = await callFromSandbox({ controlOrigin, to: number, from });
  return runScript({ line, voice: toneVoice(), steps });
};

test("a call is held from the first word to the goodbye: heard, answered, recorded without what is personal", async () => {
  const report = await call([
    { do: "hear", anyOf: ["front desk"], withinMs: 20_000 },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "My name is Canary Person." },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "I would like to know your opening hours." },
    { do: "expect-end", by: "hang-up", withinMs: 30_000 },
  ]);
  expect(report.steps.map(({ ok, detail }) => [ok, detail])).toEqual(report.steps.map(({ detail }) => [true, detail]));
  expect(report.ok).toBe(true);
  await eventually(() => expect(office.writer.of("call-ended")[0]?.payload).toMatchObject({ disposition: "handled" }));
  const turns = office.writer.of("turn-ended").map(({ payload }) => payload as unknown as TurnRecord);
  expect(turns.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(turns)).not.toContain("Canary");
  const spoken = turns.find(({ turn, latency }) => latency !== null && turn > 0);
  expect(spoken?.providers).toMatchObject({ stt: "deepgram", llm: "openai", tts: "cartesia" });
  const { totalMs, ...parts } = spoken?.latency ?? { totalMs: -1 };
  expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBeCloseTo(totalMs, 3);
  expect(office.writer.of("objective-entered").map(({ payload }) => payload["objective"])).toContain("reason");
  expect(office.writer.of("fact-collected").map(({ payload }) => payload["field"])).toEqual(
    expect.arrayContaining(["caller_name", "reason"]),
  );
  expect(office.writer.of("call-metrics")[0]?.payload).toMatchObject({ encodingMismatches: 0, lostFrames: 0 });
}, 90_000);

test("a caller who asks for a person is handed over at the carrier: the person is told of the call first, the caller hears none of it", async () => {
  const report = await call([
    { do: "hear", anyOf: ["front desk"], withinMs: 20_000 },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "My name is Canary Person." },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "I want to talk to a person please." },
    { do: "expect-end", by: "hand-off", withinMs: 30_000 },
  ]);
  expect(report.steps.map(({ ok, detail }) => [ok, detail])).toEqual(report.steps.map(({ detail }) => [true, detail]));
  await eventually(() =>
    expect(office.writer.of("stream-ended")[0]?.payload).toMatchObject({ end: "hand-off", attempt: 1 }),
  );
  expect(office.writer.of("handed-off")[0]?.payload).toMatchObject({
    to: "human",
    summary: expect.stringContaining("caller name [name]"),
  });
  await eventually(() => expect(office.writer.of("person-reached")[0]?.payload).toMatchObject({ isBriefed: true }));
  const reached = await office.sandbox.control.act("twilio", "describeCall", { callSid: report.callId });
  expect(reached["whispered"]).toEqual([expect.stringContaining("Canary Person")]);
  expect(JSON.stringify([reached["said"], reached["documents"]])).not.toContain("Canary");
  expect(JSON.stringify(office.writer.events)).not.toContain("Canary");
}, 90_000);

test("a carrier that does not take the hand-over is asked again by the end of the stream", async () => {
  const fault = { do: "fail-before", status: 503 } as const;
  await office.sandbox.control.setFault({ vendor: "twilio", method: "POST", path: "/Calls/CA", times: null, fault });
  const report = await call([
    { do: "hear", anyOf: ["front desk"], withinMs: 20_000 },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "I want to talk to a person please." },
    { do: "expect-end", by: "hand-off", withinMs: 40_000 },
  ]);
  expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  await eventually(() =>
    expect(office.writer.of("leg-ended")[0]?.payload).toMatchObject({ leg: "stream", ended: "hand-off" }),
  );
}, 90_000);
