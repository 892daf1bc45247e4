import { sealTicket } from "@tandem/secrets";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, bundleOf, deploymentOf, greenBundle, pointerAt, slotWith } from "../../test-support/fixtures.ts";
import { type Harness, INGRESS_KEY, startHarness, ticketKey } from "../../test-support/node-harness.ts";

const LEAD = "+15550190001";
const OWN = "+15550100001";
const MESSAGE = "This is the assistant. Please call us.";

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.stop());

const calling = (change: Partial<ReleaseBundle["agent"]> = {}) =>
  bundleOf("blue greeting", { agent: { ...blueBundle.agent, voicemailMessage: MESSAGE, ...change } });

async function serve(bundle: ReleaseBundle, pointer = pointerAt(1, "blue")): Promise<void> {
  const slots = { blue: slotWith(bundle, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
  harness.feed.put(deploymentOf({ connections: harness.connections, pointer, slots }), bundle, greenBundle);
  harness.feed.onMove?.("d1");
  const { generation, mode } = pointer;
  await eventually(() => expect(harness.node.state().deployments[0]).toMatchObject({ generation, mode }));
}

const ticketFor = (change: object = {}, expiresAtMs = Date.now() + 60_000) =>
  sealTicket(
    ticketKey,
    "outbound-call",
    {
      outboundCallId: "o1",
      deploymentId: "d1",
      to: LEAD,
      facts: [{ field: "need", value: "A dashboard", isConfirmed: false }],
      ...change,
    },
    expiresAtMs,
  );
const answered = (answeredBy: string, ticket = ticketFor(), form: Record<string, string> = {}) =>
  harness.carrier(`/voice/${INGRESS_KEY}/outbound?ticket=${ticket}`, {
    From: OWN,
    To: LEAD,
    CallStatus: "in-progress",
    Direction: "outbound-api",
    AnsweredBy: answeredBy,
    ...form,
  });

describe("a call that we placed", () => {
  test("is pinned by the pointer and registered the other way round; who is called is its caller", async () => {
    await serve(calling());
    const answer = await answered("human");
    expect(answer.document).toContain("sip:call_1@");
    expect(harness.agent.registered[0]).toMatchObject({
      agent_id: "agent_blue",
      direction: "outbound",
      from_number: OWN,
      to_number: LEAD,
    });
    await eventually(() =>
      expect([...harness.writer.sessions.values()][0]).toMatchObject({ callId: "CA1", slot: "blue", from: LEAD }),
    );
    expect(harness.writer.of("call-answered")[0]?.payload).toMatchObject({
      direction: "outbound",
      outboundCallId: "o1",
    });
  });

  test("asked for twice by the carrier it is one call", async () => {
    await serve(calling());
    await answered("human");
    await answered("human");
    await eventually(() => expect(harness.writer.of("call-answered")).toHaveLength(1));
  });

  test.each(["machine_end_beep", "machine_end_silence", "machine_start", "fax"])(
    "taken by %s gets the message after the tone and ends as voicemail",
    async (answeredBy) => {
      await serve(calling());
      const { document } = await answered(answeredBy);
      expect(document).toMatch(new RegExp(`<Say[^>]*>${MESSAGE}</Say><Hangup/>`));
      expect(harness.agent.registered).toEqual([]);
      await harness.carrier(`/voice/${INGRESS_KEY}/status`, { From: OWN, To: LEAD, CallStatus: "completed" });
      await eventually(() => expect([...harness.writer.sessions.values()][0]?.disposition).toBe("voicemail"));
    },
  );

  test("a machine hears not a word where the playbook has no message", async () => {
    const { voicemailMessage: _, ...agent } = calling().agent;
    await serve(bundleOf("blue greeting", { agent }));
    expect((await answered("machine_end_beep")).document).toContain("<Response><Hangup/></Response>");
  });

  test("a detection that gave up is a person", async () => {
    await serve(calling());
    expect((await answered("unknown")).document).toContain("sip:");
  });

  test("reaches a person while calls are diverted, shown our own number and not the lead's", async () => {
    await serve(calling(), pointerAt(2, "blue", { mode: "diverted" }));
    const { document } = await answered("human");
    expect(document).toContain(blueBundle.humanPath.number);
    expect(document).toMatch(/callerId="\+1555\d+"/);
    expect(document).not.toContain(`callerId="${LEAD}"`);
  });

  test("goes on the same way on another node, whatever the pointer says by then", async () => {
    await serve(calling());
    const answer = await answered("human");
    await harness.node.close();
    await harness.restart({ dataDir: `${harness.dataDir}/other` });
    await serve(calling(), pointerAt(2, "green"));
    const again = await harness.carrier(answer.action ?? "", { From: OWN, To: LEAD, DialCallStatus: "failed" });
    expect(again.document).toContain("sip:");
    expect(harness.agent.registered.at(-1)).toMatchObject({
      agent_id: "agent_blue",
      direction: "outbound",
      to_number: LEAD,
    });
  });

  test("ends without a word when no release is active any more", async () => {
    await serve(calling(), pointerAt(3, "none"));
    expect((await answered("human")).document).toContain("<Response><Hangup/></Response>");
  });
});

test.each<[string, () => Promise<{ status: number }>]>([
  ["without a ticket", () => answered("human", "")],
  ["with a late one", () => answered("human", ticketFor({}, Date.now() - 1))],
  ["with one for another deployment", () => answered("human", ticketFor({ deploymentId: "d2" }))],
  ["with one for somebody else", () => answered("human", ticketFor({ to: "+15550190002" }))],
  ["with one that was changed", () => answered("human", `${ticketFor().slice(0, -4)}AAAA`)],
  [
    "without the carrier's signature",
    () =>
      harness.carrier(
        `/voice/${INGRESS_KEY}/outbound?ticket=${ticketFor()}`,
        { From: OWN, To: LEAD },
        { token: "not-the-token" },
      ),
  ],
])("%s nothing is answered", async (_what, ask) => {
  await serve(calling());
  expect((await ask()).status).toBe(403);
  expect(harness.writer.of("call-answered")).toEqual([]);
});
