import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { blueBundle, deploymentOf, greenBundle, hashOf, pointerAt } from "../../test-support/fixtures.ts";
import { type Harness, INGRESS_KEY, PUBLIC_URL, startHarness, ticketKey } from "../../test-support/node-harness.ts";
import { ingressAddress } from "../answer/ingress-address.ts";
import type { LegToken } from "../session/session-pin.ts";

const EMPTY = `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`;
const address = ingressAddress(PUBLIC_URL, "ws://unused", ticketKey);

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
  harness.feed.put(
    deploymentOf({ connections: harness.connections, pointer: pointerAt(1, "blue") }),
    blueBundle,
    greenBundle,
  );
  harness.feed.onMove?.("d1");
  while (harness.node.state().deployments.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

afterEach(() => harness.stop());

/** A call that this node has never seen: answered by another. */
const legOf = (change: Partial<LegToken> = {}): LegToken => ({
  tenantId: "t1",
  deploymentId: "d1",
  sessionId: "11111111-1111-8111-8111-111111111111",
  callId: "CA1",
  slot: "blue",
  bundleHash: hashOf(blueBundle),
  generation: 1,
  kind: "live",
  startedAtMs: Date.now(),
  leg: "human",
  attempt: 1,
  ...change,
});
const pathOf = (url: string) => url.replace(PUBLIC_URL, "");
const whisperIn = (document: string) =>
  pathOf(/ url="([^"#]+)/.exec(document)?.[1]?.replaceAll("&amp;", "&") ?? `${PUBLIC_URL}/none`);
/** The person's leg asks. */
const ask = (path: string, form: Record<string, string> = {}) =>
  harness.carrier(path, { CallSid: "CA2", ParentCallSid: "CA1", ...form });

test("a node that never saw the call rings the person and tells them; nothing of it can be read in an address", async () => {
  const handedOff = await harness.carrier(
    pathOf(address.handOff(INGRESS_KEY, legOf(), "Caller asks for a person; known: name Ada <Lovelace>.")),
  );
  expect(handedOff.document).toContain("<Number url=");
  const path = whisperIn(handedOff.document);
  const readable = [
    handedOff.document,
    ...path.split(/[=.&]/).map((part) => Buffer.from(part, "base64url").toString()),
  ];
  expect(readable.join(" ")).not.toMatch(/Ada|Lovelace/);
  const { status, document } = await ask(path);
  expect(status).toBe(200);
  expect(document).toContain("name Ada &lt;Lovelace&gt;.</Say></Response>");
  expect(document).not.toMatch(/Hangup|Dial/);
  await eventually(() =>
    expect(harness.writer.of("person-reached")[0]?.payload).toEqual({ leg: "human", isBriefed: true }),
  );
});

test("without a summary, and on the emergency line, the caller is connected at once", async () => {
  const plain = await harness.carrier(pathOf(address.handOff(INGRESS_KEY, legOf(), null)));
  expect(plain.document).toContain(`<Number>${blueBundle.humanPath.number}</Number>`);
  const emergency = await harness.carrier(pathOf(address.handOff(INGRESS_KEY, legOf({ leg: "emergency" }), "on fire")));
  expect(emergency.document).toContain(`<Number>${blueBundle.emergency.number}</Number>`);
});

test("who is rung when the person does not answer is told as well", async () => {
  const { action } = await harness.carrier(pathOf(address.handOff(INGRESS_KEY, legOf(), "wants to move")));
  const next = await harness.carrier(action ?? "", { DialCallStatus: "no-answer" });
  expect(next.document).toContain(blueBundle.fallbackNumber);
  expect((await ask(whisperIn(next.document))).document).toContain("wants to move");
});

test("a briefing that is damaged, of another call, or cut off connects at once", async () => {
  const url = pathOf(address.whisper(INGRESS_KEY, legOf(), "of this call"));
  const other = pathOf(
    address.whisper(INGRESS_KEY, legOf({ sessionId: "22222222-2222-8222-8222-222222222222" }), "other"),
  );
  const [own = "", foreign = ""] = [url, other].map((each) => each.split("&briefing=")[1]);
  const token = url.split("&briefing=")[0] ?? "";
  const damaged = `${own.startsWith("x") ? "y" : "x"}${own.slice(1)}`;
  for (const briefing of ["", damaged, own.slice(0, 20), foreign])
    expect(await ask(`${token}&briefing=${briefing}`)).toMatchObject({ status: 200, document: EMPTY });
});

test("a long summary is cut at a word, and its address stays short enough for a carrier", () => {
  const url = address.handOff(INGRESS_KEY, legOf(), "word ".repeat(2000));
  expect(url.length).toBeLessThan(2000);
});

test("nobody is told who is not on this call: signature, token and the caller's leg are all checked", async () => {
  const path = pathOf(address.whisper(INGRESS_KEY, legOf(), "secret"));
  expect((await ask(path, { ParentCallSid: "CA9" })).status).toBe(403);
  expect((await harness.carrier(path)).status).toBe(403);
  expect((await ask(path.replace("token=", "token=x"))).status).toBe(403);
  expect((await ask(pathOf(address.whisper(INGRESS_KEY, legOf({ deploymentId: "d2" }), "secret")))).status).toBe(403);
  expect((await harness.carrier(path, { CallSid: "CA2", ParentCallSid: "CA1" }, { token: "wrong" })).status).toBe(403);
});
