import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import {
  blueBundle,
  bundleOf,
  deploymentOf,
  greenBundle,
  hashOf,
  pointerAt,
  slotWith,
} from "../../test-support/fixtures.ts";
import { AUTH_TOKEN, type Harness, INGRESS_KEY, PUBLIC_URL, startHarness } from "../../test-support/node-harness.ts";
import type { Pointer } from "@tandem/domain/slot";
import type { ServedDeployment } from "@tandem/ports/store/pointer-feed";

let harness: Harness;
const voice = `/voice/${INGRESS_KEY}`;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.stop());

const serve = async (change: Partial<ServedDeployment> = {}, ...bundles: (typeof blueBundle)[]) => {
  harness.feed.put(deploymentOf({ connections: harness.connections, ...change }), blueBundle, greenBundle, ...bundles);
  harness.feed.onMove?.("d1");
  const { generation, mode } = change.pointer ?? pointerAt(1, "blue");
  await eventually(() => expect(harness.node.state().deployments[0]).toMatchObject({ generation, mode }));
};
const moveTo = (generation: number, active: Pointer["active"], change: Partial<Pointer> = {}) =>
  serve({ pointer: pointerAt(generation, active, change) });

const openAllWeek = (rule: typeof blueBundle.answer.whenOpen) => {
  const day = [{ from: "00:00", to: "24:00" }];
  const weekly = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day, sunday: day };
  return bundleOf("blue greeting", {
    answer: { schedule: { ...blueBundle.answer.schedule, weekly }, whenOpen: rule, whenClosed: { do: "agent" } },
  });
};
const staffRule = (noAnswer: "agent" | "fallback") => ({
  do: "ring-staff" as const,
  numbers: ["+15550100020", "+15550100021"],
  ringSeconds: 20,
  noAnswer,
});
const withStaff = async (noAnswer: "agent" | "fallback", pointer = pointerAt(1, "blue")) => {
  const bundle = openAllWeek(staffRule(noAnswer));
  await serve(
    { pointer, slots: { blue: slotWith(bundle, "agent_blue"), green: slotWith(greenBundle, "agent_green") } },
    bundle,
  );
};

describe("answer", () => {
  test("closed: the pinned agent in its pinned version, with a stamp, reported to a signed action", async () => {
    await serve();
    const answer = await harness.carrier(voice);
    expect(answer.status).toBe(200);
    expect(answer.document).toContain("sip:call_1@");
    expect(answer.action).toMatch(/^\/voice\/[0-9a-v]{26}\/action\?token=/);
    expect(harness.agent.registered[0]).toMatchObject({ agent_id: "agent_blue", agent_version: 3 });
    expect(harness.agent.registered[0]?.metadata["tandem_stamp"]).toContain(".");
    expect([...answer.headers.keys()].filter((name) => name.startsWith("x-tandem"))).toEqual([]);
    await eventually(() =>
      expect([...harness.writer.sessions.values()][0]).toMatchObject({
        callId: "CA1",
        slot: "blue",
        bundleHash: hashOf(blueBundle),
        generation: 1,
        kind: "live",
        from: "+15550000001",
      }),
    );
    expect(harness.writer.of("call-answered")).toHaveLength(1);
  });

  test("open: the staff rings together, and nobody answering leads to the agent on the same release", async () => {
    await withStaff("agent");
    const answer = await harness.carrier(voice);
    expect(answer.document).toMatch(/\+15550100020.*\+15550100021/);
    expect(harness.agent.registered).toEqual([]);
    await withStaff("agent", pointerAt(2, "green"));
    const next = await harness.carrier(answer.action ?? "", { DialCallStatus: "no-answer" });
    expect(next.document).toContain("sip:");
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_blue");
  });

  test("open: nobody answers → the agent; somebody answered → hang up", async () => {
    await withStaff("agent");
    const first = await harness.carrier(voice);
    const agent = await harness.carrier(first.action ?? "", { DialCallStatus: "no-answer" });
    expect(agent.document).toContain("sip:");
    const second = await harness.carrier(voice, { CallSid: "CA2", From: "+15550000002" });
    const ended = await harness.carrier(second.action ?? "", {
      CallSid: "CA2",
      DialCallStatus: "completed",
      DialCallDuration: "31",
    });
    expect(ended.document).toContain("<Hangup/>");
  });

  test("a rule that falls back instead of the agent dials the fallback", async () => {
    await withStaff("fallback");
    const first = await harness.carrier(voice);
    const next = await harness.carrier(first.action ?? "", { DialCallStatus: "busy" });
    expect(next.document).toContain("+15550100030");
    const last = await harness.carrier(next.action ?? "", { DialCallStatus: "no-answer" });
    expect(last.document).toContain("call again later");
  });

  test("diverted: the human path at once, announced", async () => {
    await moveTo(1, "blue", { mode: "diverted" });
    const answer = await harness.carrier(voice);
    expect(answer.document).toMatch(/Connecting you to a person.*\+15550100040/s);
    expect(harness.agent.registered).toEqual([]);
  });

  test("pointer none: on to where calls went before, or an apology", async () => {
    const storedRouting = {
      numberId: "PN1",
      voiceUrl: "https://before.example.com/v?a=1&b=2",
      voiceMethod: "GET",
      voiceFallbackUrl: "",
      voiceFallbackMethod: "POST",
      statusCallbackUrl: "",
      statusCallbackMethod: "POST",
      applicationId: "",
      trunkId: "",
    } as const;
    await serve({ pointer: pointerAt(0, "none"), storedRouting });
    const answer = await harness.carrier(voice);
    expect(answer.document).toContain('<Redirect method="GET">https://before.example.com/v?a=1&amp;b=2</Redirect>');
    await serve({ pointer: pointerAt(1, "none") });
    expect((await harness.carrier(voice)).document).toContain("call again later");
    expect(harness.writer.sessions.size).toBe(0);
  });

  test("a vendor that is slow, refuses or is unbound sends the caller to the fallback", async () => {
    await serve();
    harness.agent.answerWith = { status: 500, delayMs: 0 };
    expect((await harness.carrier(voice)).document).toContain("+15550100030");
    harness.agent.answerWith = { status: 201, delayMs: 3000 };
    const startedAt = performance.now();
    expect((await harness.carrier(voice, { CallSid: "CA2" })).document).toContain("+15550100030");
    expect(performance.now() - startedAt).toBeLessThan(2400);
    await serve({ slots: { blue: { ...slotWith(blueBundle, "x"), bindings: [] }, green: slotWith(greenBundle, "g") } });
    expect((await harness.carrier(voice, { CallSid: "CA3", From: "+15550000009" })).document).toContain("+15550100030");
    await eventually(() => expect(harness.writer.of("agent-unreachable").length).toBeGreaterThanOrEqual(2));
  });

  test("a carrier's retry of the same call gets the same pin", async () => {
    await serve();
    await harness.carrier(voice);
    await moveTo(2, "green");
    await harness.carrier(voice);
    expect(harness.agent.registered.map(({ agent_id }) => agent_id)).toEqual(["agent_blue", "agent_blue"]);
    await harness.carrier(voice, { CallSid: "CA9", From: "+15550000009" });
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_green");
  });

  test("canary shares are sticky per caller", async () => {
    await moveTo(2, "blue", { candidate: "green", weightBp: 5000 });
    const slotOf = async (caller: number, call: string) => {
      await harness.carrier(voice, { CallSid: call, From: `+1555100${String(caller).padStart(4, "0")}` });
      return harness.agent.registered.at(-1)?.agent_id;
    };
    const first: (string | undefined)[] = [];
    const again: (string | undefined)[] = [];
    for (let caller = 0; caller < 40; caller++) first.push(await slotOf(caller, `CA-a${caller}`));
    for (let caller = 0; caller < 40; caller++) again.push(await slotOf(caller, `CA-b${caller}`));
    expect(again).toEqual(first);
    const green = first.filter((slot) => slot === "agent_green").length;
    expect(green).toBeGreaterThan(8);
    expect(green).toBeLessThan(32);
  });

  test("a caller who used up the day is refused", async () => {
    await serve();
    harness.clock.nowMs = Date.UTC(2026, 10, 20, 10);
    await harness.carrier(voice);
    harness.clock.nowMs += 30 * 60_000;
    await harness.carrier(`${voice}/status`, { CallStatus: "completed" });
    expect((await harness.carrier(voice, { CallSid: "CA2" })).document).toContain("calling time");
    expect((await harness.carrier(voice, { CallSid: "CA3", From: "+15550000002" })).document).toContain("sip:");
  });
});

describe("loops", () => {
  test("a number that forwards to us is not rung; with none left the agent answers", async () => {
    await withStaff("agent");
    const one = await harness.carrier(voice, { ForwardedFrom: "+15550100020" });
    expect(one.document).not.toContain("+15550100020");
    expect(one.document).toContain("+15550100021");
  });

  test("the same caller arriving while we ring for them goes to the agent", async () => {
    await withStaff("agent");
    await harness.carrier(voice);
    const again = await harness.carrier(voice, { CallSid: "CA2" });
    expect(again.document).toContain("sip:");
  });

  test("the fallback never dials back to who forwarded the call", async () => {
    await serve();
    harness.agent.answerWith = { status: 500, delayMs: 0 };
    const answer = await harness.carrier(voice, { ForwardedFrom: "+15550100030" });
    expect(answer.document).toContain("+15550100040");
  });
});

describe("signatures", () => {
  test("only the tenant's own credential over the public URL and the exact body", async () => {
    await serve();
    expect((await harness.carrier(voice, {}, { token: "wrong" })).status).toBe(403);
    expect((await harness.carrier(`${voice}?x=1`)).status).toBe(200);
    const genuine = await harness.carrier(
      voice,
      {},
      { headers: { "x-forwarded-host": "evil.example.com", host: "evil.example.com" } },
    );
    expect(genuine.status).toBe(200);
    const unsigned = await fetch(harness.node.origin + voice, { method: "POST", body: "CallSid=CA1" });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).not.toContain(AUTH_TOKEN);
  });

  test("a signature over the configured fragment is genuine too, over another one not", async () => {
    const fields = { voiceUrl: `${PUBLIC_URL}${voice}#ct=900&rt=2500` };
    const main = {
      address: "telephony.number/main",
      kind: "telephony.number",
      role: "telephony",
      owner: "deployment",
    } as const;
    const bundle = bundleOf("blue greeting", { resources: [{ ...main, fields, sources: {}, dependsOn: [] }] });
    await serve({ slots: { blue: slotWith(bundle, "agent_blue"), green: slotWith(null, "") } }, bundle);
    expect((await harness.carrier(voice, {}, { fragment: "#ct=900&rt=2500" })).status).toBe(200);
    expect((await harness.carrier(voice, {}, { fragment: "#ct=1" })).status).toBe(403);
  });

  test("an unknown key looks like any unknown address", async () => {
    await serve();
    const unknown = await harness.carrier("/voice/zzzzzzzzzzzzzzzzzzzzzzzzzz");
    const elsewhere = await fetch(`${harness.node.origin}/nothing`);
    expect(unknown.status).toBe(404);
    expect(unknown.document).toBe(await elsewhere.text());
  });

  test("the action's token is bound to its call and cannot be changed", async () => {
    await serve();
    const { action } = await harness.carrier(voice);
    expect((await harness.carrier(action ?? "", { CallSid: "CA2", DialCallStatus: "failed" })).status).toBe(403);
    expect((await harness.carrier(`${action}x`, { DialCallStatus: "failed" })).status).toBe(403);
    expect((await harness.carrier(`${voice}/action`, { DialCallStatus: "failed" })).status).toBe(403);
  });

  test("both tokens are accepted while a rotation overlaps", async () => {
    const { makeSealer, makeSealingKeys } = await import("@tandem/secrets");
    const { Secret } = await import("@tandem/kernel");
    const keys = await makeSealingKeys("k9");
    const sealer = await makeSealer(keys.publicJwk);
    const seal = (version: number, token: string) =>
      sealer.seal({ tenantId: "t1", connectionId: "c-twilio", version }, { authToken: new Secret(token) });
    await harness.node.close();
    await harness.restart({ sealingPrivateKey: new Secret(keys.privateJwk) });
    const twilio = {
      vendor: "twilio",
      endpoint: "sandbox",
      config: {},
      credentialVersion: 2,
      sealed: await seal(2, "new"),
      previousSealed: await seal(1, "old"),
    } as const;
    await serve({ connections: { "c-twilio": twilio }, pointer: pointerAt(3, "blue") });
    expect((await harness.carrier(voice, {}, { token: "new" })).status).toBe(200);
    expect((await harness.carrier(voice, {}, { token: "old" })).status).toBe(200);
    expect((await harness.carrier(voice, {}, { token: "older" })).status).toBe(403);
  });
});

describe("the agent's leg", () => {
  test("ended by the agent → hang up; canceled → hang up", async () => {
    await serve();
    const { action } = await harness.carrier(voice);
    expect((await harness.carrier(action ?? "", { DialCallStatus: "completed" })).document).toContain("<Hangup/>");
  });

  test("failed → once more on the same release, then the fallback", async () => {
    await serve();
    const first = await harness.carrier(voice);
    await moveTo(2, "green");
    const second = await harness.carrier(first.action ?? "", { DialCallStatus: "failed" });
    expect(second.document).toContain("sip:call_2@");
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_blue");
    const third = await harness.carrier(second.action ?? "", { DialCallStatus: "failed" });
    expect(third.document).toContain("+15550100030");
  });

  test("another node, or this one after a restart, goes on from the token alone", async () => {
    await serve();
    const first = await harness.carrier(voice);
    await harness.node.close();
    await harness.restart({ dataDir: `${harness.dataDir}/other`, node: "node-2" });
    await eventually(() => expect(harness.node.state().deployments).toHaveLength(1));
    const second = await harness.carrier(first.action ?? "", { DialCallStatus: "no-answer" });
    expect(second.document).toContain("sip:");
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_blue");
  });

  test("a dropped caller who rings back stays on the release, unless it was rolled back", async () => {
    await serve();
    const dropped = async (call: string, from: string) => {
      const first = await harness.carrier(voice, { CallSid: call, From: from });
      const second = await harness.carrier(first.action ?? "", { CallSid: call, From: from, DialCallStatus: "failed" });
      await harness.carrier(second.action ?? "", { CallSid: call, From: from, DialCallStatus: "failed" });
      await harness.carrier(`${voice}/status`, { CallSid: call, From: from, CallStatus: "completed" });
    };
    const ringBack = async (call: string, from: string) => {
      await harness.carrier(voice, { CallSid: call, From: from });
      return harness.agent.registered.at(-1)?.agent_id;
    };
    await dropped("CA1", "+15550000001");
    const slots = (active: "blue" | "green") => ({
      blue: { ...slotWith(blueBundle, "agent_blue"), state: active === "blue" ? "active" : "draining" } as const,
      green: { ...slotWith(greenBundle, "agent_green"), state: active === "green" ? "active" : "draining" } as const,
    });
    await serve({ pointer: pointerAt(2, "green"), slots: slots("green") });
    expect(await ringBack("CA2", "+15550000001")).toBe("agent_blue");
    expect(await ringBack("CA3", "+15550000002")).toBe("agent_green");
    await dropped("CA4", "+15550000004");
    await serve({ pointer: pointerAt(3, "blue"), slots: slots("blue") });
    expect(await ringBack("CA5", "+15550000004")).toBe("agent_blue");
  });
});

describe("status", () => {
  test("reports come twice, late and out of order: one event each, one end, no leak", async () => {
    await serve();
    await harness.carrier(voice);
    expect(harness.node.state().deployments[0]?.liveCalls).toEqual({ blue: 1, green: 0 });
    const report = (CallStatus: string, SequenceNumber: string) =>
      harness.carrier(`${voice}/status`, { CallStatus, SequenceNumber });
    expect((await report("completed", "3")).status).toBe(204);
    await report("completed", "3");
    await report("in-progress", "2");
    expect(harness.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
    await eventually(() => expect(harness.writer.of("call-ended")).toHaveLength(1));
    await eventually(() => expect(harness.writer.of("carrier-status")).toHaveLength(2));
    expect([...harness.writer.sessions.values()][0]?.endedAt).not.toBeNull();
  });

  test("a report about a call that another node answered is recorded for its session", async () => {
    await serve();
    await harness.carrier(`${voice}/status`, { CallSid: "CA-elsewhere", CallStatus: "completed", SequenceNumber: "1" });
    await eventually(() => expect(harness.writer.of("carrier-status")).toHaveLength(1));
    expect(harness.writer.sessions.size).toBe(0);
  });
});

test("the fallback address answers without a vendor and without a schedule", async () => {
  await serve();
  const answer = await harness.carrier(`${voice}/fallback`, { ErrorCode: "11205" });
  expect(answer.document).toContain("+15550100030");
  await eventually(() => expect(harness.writer.of("fallback-asked")[0]?.payload).toEqual({ errorCode: "11205" }));
});
