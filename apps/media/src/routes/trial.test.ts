import { signTicket } from "@tandem/secrets";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, deploymentOf, greenBundle, hashOf } from "../../test-support/fixtures.ts";
import { type Harness, INGRESS_KEY, startHarness, ticketKey } from "../../test-support/node-harness.ts";

let harness: Harness;
const voice = `/voice/${INGRESS_KEY}`;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.stop());

const serve = async () => {
  harness.feed.put(deploymentOf({ connections: harness.connections }), blueBundle, greenBundle);
  harness.feed.onMove?.("d1");
  await eventually(() => expect(harness.node.state().deployments).toHaveLength(1));
};

describe("trial calls", () => {
  const ticket = (change: Record<string, string | number> = {}, expiresInMs = 60_000) =>
    signTicket(
      ticketKey,
      "trial",
      {
        tenantId: "t1",
        deploymentId: "d1",
        slot: "green",
        id: Math.random().toString(),
        issuedAtMs: Date.now(),
        ...change,
      },
      Date.now() + expiresInMs,
    );
  const trial = (value: string, call = "CA-trial") =>
    harness.carrier(voice, { CallSid: call }, { headers: { "x-tandem-trial": value } });

  test("a smoke call takes the inactive slot, sees the newest state, and counts apart", async () => {
    await serve();
    const answer = await trial(ticket());
    expect(answer.status).toBe(200);
    expect(harness.agent.registered.at(-1)?.agent_id).toBe("agent_green");
    expect(answer.headers.get("x-tandem-slot")).toBe("green");
    expect(answer.headers.get("x-tandem-release")).toBe(hashOf(greenBundle));
    expect(answer.headers.get("x-tandem-generation")).toBe("1");
    expect(answer.headers.get("x-tandem-session")).toMatch(/-/);
    expect(harness.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
    await harness.carrier(`${voice}/status`, { CallSid: "CA-trial", CallStatus: "completed" });
    await eventually(() =>
      expect([...harness.writer.sessions.values()][0]).toMatchObject({ kind: "trial", disposition: "trial" }),
    );
  });

  test.each([
    ["forged", () => "x.y"],
    ["expired", () => ticket({}, -1)],
    ["issued too long ago", () => ticket({ issuedAtMs: Date.now() - 61_000 })],
    ["for another deployment", () => ticket({ deploymentId: "d2" })],
    ["for another tenant", () => ticket({ tenantId: "t2" })],
    ["for no slot", () => ticket({ slot: "red" })],
  ])("a ticket that is %s is refused, not answered live", async (_name, value) => {
    await serve();
    expect((await trial(value())).status).toBe(403);
    expect(harness.agent.registered).toEqual([]);
  });

  test("a check during bake tries the active slot, and does not count as a live call either", async () => {
    await serve();
    const answer = await trial(ticket({ slot: "blue" }));
    expect(answer.headers.get("x-tandem-slot")).toBe("blue");
    expect(harness.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
  });

  test("a ticket works once, and only with the carrier's signature", async () => {
    await serve();
    const value = ticket();
    expect((await trial(value)).status).toBe(200);
    expect((await trial(value, "CA-other")).status).toBe(403);
    expect((await harness.carrier(voice, {}, { token: "wrong", headers: { "x-tandem-trial": ticket() } })).status).toBe(
      403,
    );
  });
});
