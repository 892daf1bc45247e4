import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { carriers } from "@tandem/catalog/inbound";
import { Secret, systemClock } from "@tandem/kernel";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { seal, verifyTicket } from "@tandem/secrets";
import { afterEach, expect, test } from "vitest";
import { createIngressProbe } from "./index.ts";

const ticketKey = new Secret("ticket-key");
const secrets = { authToken: new Secret("token"), apiKey: new Secret("key") };
const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.closeAllConnections()));

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
type Answer = { status?: number; headers?: Record<string, string>; body?: string };

async function listen(answer: (seen: Seen) => Answer): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers as Seen["headers"],
        body,
      };
      seen.push(one);
      const { status = 200, headers = {}, body: text = "" } = answer(one);
      response.writeHead(status, headers);
      response.end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const deployment = {
  id: "d1",
  name: "desk",
  ingressKey: "k".repeat(26),
  number: "+15550100001",
  connections: { telephony: "c1", voiceAgent: "c2" },
};
const probeAt = (publicUrl: string, change: object = {}) =>
  createIngressProbe({
    store: { view: () => Promise.resolve({ deployment: { ...deployment, ...change } } as unknown as RolloutView) },
    loadCredential: (_tenant, id) =>
      Promise.resolve({ vendor: id === "c1" ? "twilio" : "retell", endpoint: "sandbox", secrets }),
    vendors: { providers: () => Promise.reject(new Error("no provider is asked")) },
    publicUrl,
    ticketKey,
    clock: systemClock,
  });

const stamped = {
  "x-tandem-slot": "green",
  "x-tandem-release": "hash",
  "x-tandem-session": "s1",
  "x-tandem-stamp": "stamp",
};

test("reach accepts this installation's proof and nothing else", async () => {
  const proofOf = (key: Secret) => (seen: Seen) => ({
    body: JSON.stringify({ proof: seal(key, "nonce", seen.url.split("/").at(-1) ?? "") }),
  });
  const [mine, other, page, large] = await Promise.all([
    listen(proofOf(ticketKey)),
    listen(proofOf(new Secret("another"))),
    listen(() => ({ body: "<html>" })),
    listen(() => ({ body: "x".repeat(300_000) })),
  ]);
  expect(await probeAt(mine.origin).reach()).toMatchObject({ reached: true });
  expect(await probeAt(other.origin).reach()).toMatchObject({
    reached: false,
    detail: expect.stringContaining("not this installation"),
  });
  expect(await probeAt(page.origin).reach()).toMatchObject({ reached: false });
  expect(await probeAt(large.origin).reach()).toMatchObject({
    reached: false,
    detail: expect.stringContaining("larger"),
  });
  const gone = await listen(() => ({}));
  servers.pop()?.close();
  expect(await probeAt(gone.origin).reach()).toMatchObject({
    reached: false,
    detail: expect.stringContaining("ECONNREFUSED"),
  });
});

test("a trial call is signed by the tenant's carrier and bears a ticket for one slot; no secret is sent", async () => {
  const { origin, seen } = await listen(() => ({ headers: stamped, body: "<Response/>" }));
  const answer = await probeAt(origin).answer("t1", "d1", "green");
  expect(answer).toMatchObject({
    status: 200,
    slot: "green",
    bundleHash: "hash",
    sessionId: "s1",
    document: "<Response/>",
  });
  const [asked] = seen;
  const request = {
    url: origin + asked?.url,
    headers: asked?.headers ?? {},
    body: asked?.body ?? "",
    receivedAtMs: Date.now(),
  };
  expect(carriers.get("twilio")?.verify(request, secrets)).toBe(true);
  const claims = verifyTicket(ticketKey, "trial", asked?.headers["x-tandem-trial"] ?? "", Date.now());
  expect(claims).toMatchObject({ tenantId: "t1", deploymentId: "d1", slot: "green" });
  expect(verifyTicket(ticketKey, "trial", asked?.headers["x-tandem-trial"] ?? "", Date.now() + 61_000)).toBeNull();
  expect(JSON.stringify(seen)).not.toMatch(/"token"|ticket-key/);
});

test("what is not understood shows as null, a redirect is not followed, and tools need a trial of this process", async () => {
  const plain = await listen(() => ({ status: 403, headers: { "x-tandem-slot": "red" }, body: "no" }));
  expect(await probeAt(plain.origin).answer("t1", "d1", "blue")).toMatchObject({
    status: 403,
    slot: null,
    sessionId: null,
  });
  const elsewhere = await listen(() => ({ status: 302, headers: { location: "http://127.0.0.1:1/" } }));
  await expect(probeAt(elsewhere.origin).answer("t1", "d1", "blue")).rejects.toThrow("fetch failed");
  const call = { sessionId: "unknown", tool: "x", arguments: {} };
  await expect(probeAt(plain.origin).tool("t1", "d1", call)).rejects.toMatchObject({ code: "not_found" });
  await expect(probeAt(plain.origin, { connections: {} }).answer("t1", "d1", "blue")).rejects.toMatchObject({
    code: "not_found",
  });
});

test("tool and hang-up go on with the call that was answered", async () => {
  const { origin, seen } = await listen((one) =>
    one.url.includes("/tools/") ? { body: '{"outcome":"success"}' } : { headers: stamped },
  );
  const probe = probeAt(origin);
  await probe.answer("t1", "d1", "green");
  expect(
    await probe.tool("t1", "d1", { sessionId: "s1", tool: "find_slots", arguments: { from: "2026-01-01" } }),
  ).toEqual({ status: 200, result: { outcome: "success" } });
  expect(JSON.parse(seen[1]?.body ?? "{}")).toMatchObject({
    name: "find_slots",
    args: { from: "2026-01-01" },
    call: { metadata: { tandem_stamp: "stamp" } },
  });
  await probe.hangUp("t1", "d1", "s1");
  expect(seen[2]?.url).toBe(`/voice/${deployment.ingressKey}/status`);
  expect(new URLSearchParams(seen[2]?.body).get("CallSid")).toBe(new URLSearchParams(seen[0]?.body).get("CallSid"));
  await probe.hangUp("t1", "d1", "s1");
  expect(seen).toHaveLength(3);
});
