import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, deploymentOf, greenBundle, pointerAt } from "../../test-support/fixtures.ts";
import { API_KEY, type Harness, INGRESS_KEY, startHarness } from "../../test-support/node-harness.ts";
import type { Pointer } from "@tandem/domain/slot";

let harness: Harness;
const voice = `/voice/${INGRESS_KEY}`;
const agent = `/agent/${INGRESS_KEY}`;

beforeEach(async () => {
  harness = await startHarness();
  await serve();
});

afterEach(() => harness.stop());

async function serve(pointer: Pointer = pointerAt(1, "blue"), deploymentId = "d1", ingressKey = INGRESS_KEY) {
  harness.feed.put(
    deploymentOf({ deploymentId, ingressKey, pointer, connections: harness.connections }),
    blueBundle,
    greenBundle,
  );
  harness.feed.onMove?.(deploymentId);
  await eventually(() =>
    expect(harness.node.state().deployments.find((each) => each.deploymentId === deploymentId)).toMatchObject({
      generation: pointer.generation,
      mode: pointer.mode,
    }),
  );
}

/** Answers a call and gives the metadata that the agent vendor was told. */
async function answeredCall(call = "CA1"): Promise<Record<string, string>> {
  await harness.carrier(voice, { CallSid: call });
  return harness.agent.registered.at(-1)?.metadata ?? {};
}

const toolBody = (metadata: Record<string, string>, args: Record<string, string> = {}) => ({
  name: "find_slots",
  args,
  call: { call_id: "call_1", metadata },
});
const eventBody = (metadata: Record<string, string>, event: string, call: Record<string, string | number> = {}) => ({
  event,
  call: { call_id: "call_1", metadata, ...call },
});

describe("tools", () => {
  test("a request is believed with the tenant's key over the raw body and with our stamp only", async () => {
    const metadata = await answeredCall();
    expect((await harness.agentPost(`${agent}/tools/find_slots`, toolBody(metadata), "wrong-key")).status).toBe(403);
    expect((await harness.agentPost(`${agent}/tools/find_slots`, toolBody({}))).status).toBe(403);
    const changed = { ...metadata, tandem_stamp: `${metadata["tandem_stamp"]}x` };
    expect((await harness.agentPost(`${agent}/tools/find_slots`, toolBody(changed))).status).toBe(403);
    expect((await harness.agentPost(`${agent}/tools/find_slots`, { no: "call" })).status).toBe(400);
    expect((await harness.agentPost("/agent/zzzzzzzzzzzzzzzzzzzzzzzzzz/tools/x", toolBody(metadata))).status).toBe(404);
  });

  test("a stamp of one deployment opens nothing at another", async () => {
    const metadata = await answeredCall();
    await serve(pointerAt(1, "blue"), "d2", "aaaaaaaaaaaaaaaaaaaaaaaaaa");
    const reply = await harness.agentPost("/agent/aaaaaaaaaaaaaaaaaaaaaaaaaa/tools/find_slots", toolBody(metadata));
    expect(reply.status).toBe(403);
  });

  test("whatever fails becomes a polite answer and an event, never an error", async () => {
    const metadata = await answeredCall();
    const ask = async (tool: string, args: Record<string, string> = {}) => {
      const reply = await harness.agentPost(`${agent}/tools/${tool}`, toolBody(metadata, args));
      expect(reply.status).toBe(200);
      return (await reply.json()) as Record<string, unknown>;
    };
    expect(await ask("nonsense")).toMatchObject({ outcome: "failure", reason: "unknown-tool" });
    expect(await ask("book")).toMatchObject({ outcome: "failure", reason: "invalid-arguments" });
    expect(await ask("find_slots")).toMatchObject({ outcome: "failure", reason: "unavailable", code: "not_found" });
    await eventually(() => expect(harness.writer.of("tool-finished")).toHaveLength(1));
    expect(harness.writer.of("tool-refused")).toHaveLength(2);
    await harness.carrier(`${voice}/status`, { CallStatus: "completed" });
    expect(await ask("find_slots")).toMatchObject({ outcome: "failure", reason: "call-ended" });
  });

  test("a release that has left the slot runs no tool of the new one", async () => {
    const metadata = await answeredCall();
    harness.feed.put(
      deploymentOf({
        connections: harness.connections,
        pointer: pointerAt(2, "green"),
        slots: { blue: deploymentOf().slots.green, green: deploymentOf().slots.green },
      }),
    );
    harness.feed.onMove?.("d1");
    await eventually(() => expect(harness.node.state().deployments[0]?.generation).toBe(2));
    const reply = await harness.agentPost(`${agent}/tools/find_slots`, toolBody(metadata));
    expect(await reply.json()).toMatchObject({ outcome: "failure", reason: "release-gone" });
  });
});

describe("events", () => {
  test("vendor's figures are kept once, marked as the vendor's, and an agent that failed is a dropped call", async () => {
    const metadata = await answeredCall();
    const ended = eventBody(metadata, "call_ended", { duration_ms: 4200, disconnection_reason: "error_unknown" });
    expect((await harness.agentPost(`${agent}/events`, eventBody(metadata, "call_started"))).status).toBe(204);
    expect((await harness.agentPost(`${agent}/events`, ended)).status).toBe(204);
    await harness.agentPost(`${agent}/events`, ended);
    await eventually(() => expect(harness.writer.of("agent-call-ended")).toHaveLength(1));
    expect(harness.writer.of("agent-call-ended")[0]?.payload).toMatchObject({
      source: "vendor-reported",
      durationMs: 4200,
    });
    await harness.carrier(`${voice}/status`, { CallStatus: "completed" });
    await eventually(() =>
      expect(harness.writer.of("call-ended")[0]?.payload).toMatchObject({ disposition: "dropped" }),
    );
  });

  test("an agent lost in mid-call is resumed on the same release", async () => {
    const first = await harness.carrier(voice);
    const metadata = harness.agent.registered.at(-1)?.metadata ?? {};
    await harness.agentPost(
      `${agent}/events`,
      eventBody(metadata, "call_ended", { disconnection_reason: "error_unknown" }),
    );
    await serve(pointerAt(2, "green"));
    const next = await harness.carrier(first.action ?? "", { DialCallStatus: "completed" });
    expect(next.document).toContain("sip:");
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_blue");
  });

  test("events of calls that are not ours are taken and forgotten; forged ones are refused", async () => {
    expect((await harness.agentPost(`${agent}/events`, eventBody({}, "call_started"))).status).toBe(204);
    expect((await harness.agentPost(`${agent}/events`, eventBody({}, "call_started"), "wrong")).status).toBe(403);
    expect(harness.writer.events).toEqual([]);
  });
});

describe("numbers that the agent vendor holds", () => {
  const inbound = {
    event: "call_inbound",
    call_inbound: { agent_id: "x", from_number: "+15550000001", to_number: "+15550100001" },
  };
  const ask = async () => {
    const reply = await harness.agentPost(`${agent}/inbound`, inbound);
    return (await reply.json()) as { call_inbound: Record<string, unknown> & { metadata: Record<string, string> } };
  };

  test("our pointer chooses agent and version, and the vendor's events end the session", async () => {
    expect((await ask()).call_inbound).toMatchObject({ override_agent_id: "agent_blue", override_agent_version: 3 });
    await serve(pointerAt(2, "green"));
    const { call_inbound } = await ask();
    expect(call_inbound).toMatchObject({ override_agent_id: "agent_green" });
    expect(harness.node.state().deployments[0]?.liveCalls.green).toBe(1);
    await harness.agentPost(`${agent}/events`, eventBody(call_inbound.metadata, "call_started"));
    await harness.agentPost(
      `${agent}/events`,
      eventBody(call_inbound.metadata, "call_ended", { disconnection_reason: "user_hangup" }),
    );
    expect(harness.node.state().deployments[0]?.liveCalls.green).toBe(0);
    await eventually(() =>
      expect(harness.writer.of("call-ended")[0]?.payload).toMatchObject({ disposition: "handled" }),
    );
  });

  test("diverted: the agent is told so with the person's number; with no pointer the vendor's own routing stands", async () => {
    await serve(pointerAt(1, "blue", { mode: "diverted" }));
    expect((await ask()).call_inbound["dynamic_variables"]).toMatchObject({
      answer_mode: "diverted",
      human_number: "+15550100040",
    });
    await serve(pointerAt(2, "none"));
    expect((await harness.agentPost(`${agent}/inbound`, inbound)).status).toBe(404);
    expect((await harness.agentPost(`${agent}/inbound`, inbound, `${API_KEY}x`)).status).toBe(403);
  });
});
