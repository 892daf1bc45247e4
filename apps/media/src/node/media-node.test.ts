import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { finishRollout, type Installation, openInstallation } from "../../test-support/installation.ts";
import { hashOf } from "../../test-support/fixtures.ts";

let installation: Installation;

beforeAll(async () => {
  installation = await openInstallation();
  await installation.startNode();
}, 60_000);

afterAll(() => installation.close(), 30_000);

const placed: string[] = [];
const placeCall = async () => {
  const call = await installation.placeCall(newCaller());
  placed.push(call.callSid);
  return call;
};

afterEach(async () => {
  await installation.gate.open();
  await installation.listenGate.open();
  for (const callSid of placed.splice(0)) await endCall(callSid);
});

let callers = 0;
const newCaller = () => `+1555020${String((callers += 1)).padStart(4, "0")}`;
const generation = () => installation.node.state().deployments[0]?.generation;
const rows = <Row extends object>(text: string, values: unknown[] = []) =>
  installation.world.superuser<Row>(text, values);
const sessionOf = async (callSid: string) =>
  (
    await rows<{ slot: string; ended_at: Date | null; disposition: string | null }>(
      "SELECT * FROM session WHERE call_id = $1",
      [callSid],
    )
  )[0];
const endCall = (callSid: string) => installation.sandbox.control.act("twilio", "endCall", { callSid });

test("the first switch brings calls to the agent; the session and its events reach the database", async () => {
  await eventually(() => expect(generation()).toBe(0));
  const before = await placeCall();
  expect(before.connected.to).not.toBe("agent");
  await installation.switchTo("blue");
  await eventually(() => expect(generation()).toBe(1), 2000);
  const call = await placeCall();
  expect(call.connected).toMatchObject({ to: "agent", agentId: installation.agentOf.blue });
  await eventually(async () =>
    expect(await sessionOf(call.callSid)).toMatchObject({
      slot: "blue",
      bundle_hash: hashOf(installation.bundles.blue),
      generation: 1,
      kind: "live",
      ended_at: null,
    }),
  );
  await endCall(call.callSid);
  await eventually(async () =>
    expect(await sessionOf(call.callSid)).toMatchObject({ disposition: "handled", ended_at: expect.any(Date) }),
  );
  const types = await rows<{ type: string }>(
    "SELECT type FROM session_event e JOIN session s ON s.id = e.session_id WHERE s.call_id = $1 ORDER BY at, seq",
    [call.callSid],
  );
  expect(types.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["call-answered", "agent-registered", "agent-call-started", "carrier-status", "call-ended"]),
  );
});

test("tools make their round trip with the slot's bindings: slots found, one booking however often it is asked for", async () => {
  const call = await placeCall();
  const useTool = async (tool: string, given: Record<string, string>) =>
    (
      await installation.sandbox.control.act<{ status: number; result: Record<string, never> }>("retell", "callTool", {
        callId: call.connected.agentCallId ?? "",
        tool,
        arguments: given,
      })
    ).result as Record<string, unknown>;
  const found = await useTool("find_slots", {});
  expect(found).toMatchObject({ outcome: "success" });
  const [first] = found["slots"] as { start: string; spoken: string }[];
  expect(first?.spoken).toMatch(/day, .* at /);
  const booked = await Promise.all([1, 2, 3].map(() => useTool("book", { start: first?.start ?? "" })));
  expect(new Set(booked.map((each) => each["event_id"])).size).toBe(1);
  expect(booked[0]).toMatchObject({ outcome: "success" });
  const inserted = (await installation.sandbox.control.ledger({ vendor: "google" })).filter(
    ({ effect }) => effect === "create",
  );
  expect(inserted.filter(({ objectId }) => objectId.includes(String(booked[0]?.["event_id"])))).toHaveLength(1);
  expect(await useTool("book", {})).toMatchObject({ outcome: "failure", reason: "invalid-arguments" });
  expect(await useTool("transfer", { destination: "+19005550100" })).toMatchObject({
    outcome: "failure",
    reason: "not-allowed",
  });
  expect(await useTool("transfer", { destination: "human" })).toMatchObject({ outcome: "success" });
  await eventually(async () => {
    const described = await installation.sandbox.control.act("twilio", "describeCall", { callSid: call.callSid });
    expect(described["connected"]).toEqual({ to: "person", number: "+15550100040" });
    expect(described["said"]).toEqual(["Connecting you to a person."]);
  });
  await endCall(call.callSid);
  await eventually(async () => expect(await sessionOf(call.callSid)).toMatchObject({ disposition: "booked" }));
});

test("a booking whose answer is lost is not promised, and asking again finds it instead of booking twice", async () => {
  const { control } = installation.sandbox;
  const call = await placeCall();
  const useTool = async (tool: string, given: Record<string, string>) =>
    (
      await control.act<{ result: Record<string, never> }>("retell", "callTool", {
        callId: call.connected.agentCallId ?? "",
        tool,
        arguments: given,
      })
    ).result as Record<string, unknown>;
  const { slots } = (await useTool("find_slots", {})) as { slots: { start: string }[] };
  const start = slots[1]?.start ?? "";
  const inserts = async () =>
    (await control.ledger({ vendor: "google" })).filter(({ effect }) => effect === "create").length;
  const before = await inserts();
  await control.setFault({ vendor: "google", method: "POST", path: "/events$", fault: { do: "lose-response" } });
  expect(await useTool("book", { start })).toMatchObject({ outcome: "failure", reason: "unconfirmed" });
  expect(await useTool("book", { start })).toMatchObject({ outcome: "success", event_id: expect.any(String) });
  expect((await inserts()) - before).toBe(1);
  await control.setFault({ vendor: "google", fault: { do: "hang" }, times: null });
  // A vendor that hangs for ever: without the tool's own deadline this would never come back.
  expect(await useTool("find_slots", {})).toMatchObject({ outcome: "failure", reason: "timeout" });
  await control.clearFaults();
  await endCall(call.callSid);
  const finished = await eventually(async () => {
    const found = await rows<{ outcome: string }>(
      "SELECT payload->>'outcome' AS outcome FROM session_event e JOIN session s ON s.id = e.session_id WHERE s.call_id = $1 AND type = 'tool-finished' ORDER BY seq",
      [call.callSid],
    );
    expect(found.length).toBe(4);
    return found;
  }, 15_000);
  expect(finished.map(({ outcome }) => outcome)).toEqual(["success", "failure", "success", "failure"]);
}, 40_000);

test("a switch leaves the call in progress where it is and moves the next one; a rollback is seen within two seconds", async () => {
  const staying = await placeCall();
  await finishRollout(installation);
  await installation.switchTo("green");
  await eventually(() => expect(generation()).toBe(2), 2000);
  const moved = await placeCall();
  expect(moved.connected.agentId).toBe(installation.agentOf.green);
  expect(installation.node.state().deployments[0]?.liveCalls).toEqual({ blue: 1, green: 1 });
  await eventually(async () => expect(await sessionOf(staying.callSid)).toMatchObject({ slot: "blue" }));
  const startedAt = performance.now();
  await installation.world.control.rollback(installation.actor, installation.deploymentId, "test");
  await eventually(() => expect(generation()).toBe(3), 2000);
  expect(performance.now() - startedAt).toBeLessThan(2000);
  const back = await placeCall();
  expect(back.connected.agentId).toBe(installation.agentOf.blue);
  for (const { callSid } of [staying, moved, back]) await endCall(callSid);
  await eventually(() => expect(installation.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 }));
});

test("without notifications the poll brings the pointer; when they come back the node hears them again", async () => {
  await installation.listenGate.shut();
  await eventually(() => expect(installation.node.state().pointer.notices).toBe("connecting"), 5000);
  const before = generation() ?? 0;
  await installation.world.control.setMode(installation.actor, installation.deploymentId, "diverted", "test");
  await eventually(() => expect(generation()).toBe(before + 1), 2000);
  const diverted = await placeCall();
  expect(diverted.connected).toMatchObject({ to: "person", number: "+15550100040" });
  await endCall(diverted.callSid);
  await installation.world.control.setMode(installation.actor, installation.deploymentId, "live", "test");
  await eventually(() => expect(generation()).toBe(before + 2), 2000);
  await installation.listenGate.open();
  await eventually(() => expect(installation.node.state().pointer.notices).toBe("hearing"), 15_000);
}, 30_000);

test("with the database away calls are answered, also after a restart; nothing is lost when it comes back", async () => {
  await installation.gate.shut();
  await installation.listenGate.shut();
  const first = await placeCall();
  expect(first.connected.agentId).toBe(installation.agentOf.blue);
  await installation.stopNode();
  await installation.startNode();
  expect(installation.node.state()).toMatchObject({ isReady: true, pointer: { staleForMs: null } });
  expect((await fetch(`${installation.publicUrl}/ready`)).status).toBe(200);
  const second = await placeCall();
  expect(second.connected.agentId).toBe(installation.agentOf.blue);
  await endCall(first.callSid);
  await endCall(second.callSid);
  expect(await sessionOf(first.callSid)).toBeUndefined();
  await installation.gate.open();
  await installation.listenGate.open();
  await eventually(
    async () => expect(await sessionOf(second.callSid)).toMatchObject({ ended_at: expect.any(Date) }),
    20_000,
  );
  await eventually(async () =>
    expect(await sessionOf(first.callSid)).toMatchObject({ ended_at: expect.any(Date), disposition: "handled" }),
  );
  const doubles = await rows("SELECT session_id, seq FROM session_event GROUP BY 1, 2 HAVING count(*) > 1");
  expect(doubles).toEqual([]);
}, 60_000);

test("a call whose end was never reported is ended by the carrier's list", async () => {
  const call = await placeCall();
  await installation.stopNode();
  await endCall(call.callSid); // the report finds nobody
  await installation.startNode({ reconcileMs: 200 });
  expect(installation.node.state().deployments[0]?.liveCalls.blue).toBe(1);
  await eventually(() => expect(installation.node.state().deployments[0]?.liveCalls.blue).toBe(0), 10_000);
  await eventually(async () => expect(await sessionOf(call.callSid)).toMatchObject({ ended_at: expect.any(Date) }));
}, 30_000);

test("the worker's probe reaches the ingress, tries the inactive slot and its tools, and hangs up", async () => {
  const { actor, deploymentId } = installation;
  const probe = installation.probeAt(installation.publicUrl);
  expect(await probe.reach()).toMatchObject({ reached: true });
  const answer = await probe.answer(actor.tenantId, deploymentId, "green");
  expect(answer).toMatchObject({ status: 200, slot: "green", bundleHash: hashOf(installation.bundles.green) });
  expect(answer.document).toContain("sip:");
  const sessionId = answer.sessionId ?? "";
  const tool = (name: string, given: Record<string, string>) =>
    probe.tool(actor.tenantId, deploymentId, { sessionId, tool: name, arguments: given });
  const found = await tool("find_slots", {});
  expect(found).toMatchObject({ status: 200, result: { outcome: "success" } });
  const [offered] = (found.result as unknown as { slots: { start: string }[] }).slots;
  expect(await tool("book", { start: offered?.start ?? "" })).toMatchObject({
    status: 200,
    result: { outcome: "success", event_id: expect.any(String) },
  });
  expect(await tool("transfer", { destination: "emergency" })).toMatchObject({
    result: { outcome: "success", number: "+15550100911" },
  });
  expect(await tool("transfer", { destination: "+19005550100" })).toMatchObject({ result: { outcome: "failure" } });
  expect(await tool("nonsense", {})).toMatchObject({
    status: 200,
    result: { outcome: "failure", reason: "unknown-tool" },
  });
  await probe.hangUp(actor.tenantId, deploymentId, sessionId);
  await eventually(async () =>
    expect(
      (
        await rows<{ kind: string; disposition: string }>("SELECT kind, disposition FROM session WHERE id = $1", [
          sessionId,
        ])
      )[0],
    ).toEqual({ kind: "trial", disposition: "trial" }),
  );
  expect(await probe.answer(actor.tenantId, deploymentId, "blue")).toMatchObject({ status: 200, slot: "blue" });
  expect(installation.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
  const elsewhere = installation.probeAt(installation.sandbox.controlOrigin);
  expect(await elsewhere.reach()).toMatchObject({ reached: false });
}, 30_000);

test("draining: not ready, calls in progress finish first", async () => {
  const call = await placeCall();
  const drained = installation.node.drain();
  expect((await fetch(`${installation.publicUrl}/ready`)).status).toBe(503);
  expect((await fetch(`${installation.publicUrl}/live`)).status).toBe(200);
  await endCall(call.callSid);
  await drained;
  expect(await sessionOf(call.callSid)).toMatchObject({ ended_at: expect.any(Date) });
  await expect(fetch(`${installation.publicUrl}/live`)).rejects.toThrow("fetch failed");
  await installation.startNode();
});
