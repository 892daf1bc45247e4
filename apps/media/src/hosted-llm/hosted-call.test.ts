import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Field, Objective } from "@tandem/domain/manifest";
import { agentSocketSecret } from "@tandem/domain/tenant";
import type { TurnRecord } from "@tandem/domain/session";
import type { Json, JsonObject } from "@tandem/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../test-support/eventually.ts";
import {
  INGRESS_KEY,
  number,
  openSpokenOffice,
  serveHosted,
  type SpokenOffice,
} from "../../test-support/spoken-office.ts";

interface Answer {
  readonly content: string;
  readonly isUninterruptible: boolean;
  readonly firstMs: number | null;
}
interface Conversation {
  readonly opening: Answer | null;
  readonly turns: readonly Answer[];
  readonly ended: string | null;
  readonly transferTo: string | null;
}

let office: SpokenOffice;
const secret = agentSocketSecret(INGRESS_KEY);
const socketUrl = (path: string) => `${office.publicUrl.replace("http", "ws")}${path}`;

beforeEach(async () => {
  office = await openSpokenOffice();
  await serveHosted(office, socketUrl(`/agent/${INGRESS_KEY}/llm/${secret}`));
});

afterEach(() => office.stop());

/** A caller is connected to the hosted agent; its call id there and at the carrier. */
async function placeCall(from = "+15550006001"): Promise<{ agentCallId: string; callSid: string }> {
  const placed = await office.sandbox.control.act("twilio", "placeCall", { from, to: number });
  const { connected, callSid } = placed as unknown as { connected: { agentCallId?: string }; callSid: string };
  expect(connected).toMatchObject({ to: "agent" });
  return { agentCallId: connected.agentCallId ?? "", callSid };
}

const converse = async (callId: string, say: readonly string[], extra: JsonObject = {}): Promise<Conversation> =>
  (await office.sandbox.control.act("retell", "converse", {
    callId,
    say: [...say],
    ...extra,
  })) as unknown as Conversation;

const turnsKept = () => office.writer.of("turn-ended").map(({ payload }) => payload as unknown as TurnRecord);

describe("a hosted agent asks our conversation engine", () => {
  test("from the disclosure to the goodbye: the same objectives, facts and records as on our own audio", async () => {
    const { agentCallId } = await placeCall();
    const { opening, turns, ended } = await converse(agentCallId, [
      "My name is Canary Person.",
      "I would like to know your opening hours.",
    ]);
    expect(opening).toMatchObject({ isUninterruptible: true });
    expect(opening?.content).toMatch(/^This is an assistant\. .*front desk/);
    expect(turns.every(({ content }) => content !== "")).toBe(true);
    expect(ended).toBe("agent_hangup");
    await eventually(() => expect(turnsKept()).toHaveLength(2));
    expect(turnsKept()[0]).toMatchObject({
      turn: 1,
      source: "vendor-reported",
      latency: null,
      providers: { llm: "openai" },
    });
    expect(JSON.stringify(turnsKept())).not.toContain("Canary");
    expect(office.writer.of("fact-collected").map(({ payload }) => payload["field"])).toEqual(
      expect.arrayContaining(["caller_name", "reason"]),
    );
    await eventually(() =>
      expect(office.writer.of("agent-socket-ended")[0]?.payload).toMatchObject({ end: "hang-up" }),
    );
  }, 60_000);

  test("a socket that breaks in mid-call is taken up where it left off, also by a node that has just started", async () => {
    const { agentCallId } = await placeCall();
    const first = await converse(agentCallId, ["My name is Ada Lovelace."], { drop: true });
    expect(first.opening).not.toBeNull();
    await eventually(() => expect(office.writer.of("agent-socket-ended")).toHaveLength(1));
    await office.node.close();
    await office.start();
    const second = await converse(agentCallId, ["I would like to know your opening hours."]);
    expect(second).toMatchObject({ opening: null, ended: "agent_hangup" });
    await eventually(() =>
      expect(office.writer.of("agent-socket-started").at(-1)?.payload).toMatchObject({ isResumed: true }),
    );
    const fields = office.writer.of("fact-collected").map(({ payload }) => payload["field"]);
    expect(fields.filter((field) => field === "caller_name")).toHaveLength(1);
  }, 60_000);

  test("a socket that goes to another node is taken up from the vendor's transcript: no second greeting, nothing asked again", async () => {
    const { conversation } = office.bundle;
    const email: Field = {
      name: "email",
      type: "email",
      description: "Where to write to",
      confirm: "none",
      required: true,
      personal: true,
    };
    const address: Objective = {
      name: "address",
      instruction: "Find out where to write to.",
      collect: ["email"],
      tools: [],
      next: [{ when: { is: "collected", fields: ["email"] }, to: "reason" }],
    };
    const fields = [email, ...conversation.fields.filter(({ name }) => name === "reason")];
    const objectives = [address, ...conversation.objectives.filter(({ name }) => name === "reason")];
    await serveHosted(office, socketUrl(`/agent/${INGRESS_KEY}/llm/${secret}`), {
      conversation: { ...conversation, fields, objectives, start: "address" },
    });
    const { agentCallId } = await placeCall();
    const begun = await converse(agentCallId, ["Write to ada@example.com, please."], { drop: true });
    expect(begun.turns[0]?.content).toMatch(/Why are you calling/);
    await office.node.close();
    const elsewhere = await mkdtemp(join(tmpdir(), "tandem-elsewhere-"));
    await office.start({ node: "node-2", dataDir: elsewhere });
    const { opening, turns, ended } = await converse(agentCallId, ["I would like to know your opening hours."]);
    expect({ opening, ended }).toEqual({ opening: null, ended: "agent_hangup" });
    expect(turns[0]?.content).not.toMatch(/front desk|assistant/);
    await eventually(() =>
      expect(office.writer.of("agent-socket-started").map(({ payload }) => payload["isResumed"])).toEqual([
        false,
        true,
      ]),
    );
    expect(office.writer.of("objective-entered").map(({ payload }) => payload["objective"])).toEqual([
      "address",
      "reason",
      "reason",
    ]);
    expect(JSON.stringify(office.writer.events)).not.toContain("ada@");
    await office.node.close();
    await rm(elsewhere, { recursive: true, force: true });
  }, 60_000);

  test("a caller who wants a person is handed over at the carrier, after the agent has spoken", async () => {
    const { agentCallId, callSid } = await placeCall();
    const { ended } = await converse(agentCallId, ["I want to talk to a person please."]);
    expect(ended).toBeNull();
    await eventually(async () => {
      const call = await office.sandbox.control.act("twilio", "describeCall", { callSid });
      expect(call["connected"]).toMatchObject({ to: "person", number: "+15550100040" });
      expect(call["whispered"]).toEqual([expect.stringContaining("asks for a person")]);
      expect(JSON.stringify(call["said"])).not.toContain("asks for");
    });
    await eventually(() => expect(office.writer.of("handed-off")[0]?.payload).toMatchObject({ to: "human" }));
  }, 60_000);

  test("a silent caller is reminded, and asked goodbye in the end", async () => {
    const { agentCallId } = await placeCall();
    const { turns, ended } = await converse(agentCallId, [], { silences: 3 });
    expect(turns.length).toBeGreaterThanOrEqual(2);
    expect(ended).toBe("agent_hangup");
  }, 60_000);
});

describe("what is no agent of ours", () => {
  /** The vendor's end, frame by frame. */
  const dial = async (path: string) => {
    const socket = new WebSocket(socketUrl(path));
    const received: JsonObject[] = [];
    socket.on("message", (bytes: Buffer) => received.push(JSON.parse(bytes.toString()) as JsonObject));
    socket.on("error", () => {});
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (_request, response) => reject(new Error(String(response.statusCode))));
    });
    return { socket, received, closed, send: (frame: Json) => socket.send(JSON.stringify(frame)) };
  };
  const details = (callId: string, metadata: JsonObject) => ({
    interaction_type: "call_details",
    call: { call_id: callId, metadata },
  });
  const metadataOf = async (callId: string) =>
    ((await office.sandbox.control.act("retell", "describeCall", { callId }))["metadata"] ?? {}) as JsonObject;

  test("a wrong secret or deployment opens nothing", async () => {
    await expect(dial(`/agent/${INGRESS_KEY}/llm/${"0".repeat(26)}/call_1`)).rejects.toThrow("404");
    await expect(dial(`/agent/${"z".repeat(26)}/llm/${secret}/call_1`)).rejects.toThrow("404");
  });

  test("config comes first; without the call's own stamp nothing is told, and each misbehaviour has its code", async () => {
    const { agentCallId } = await placeCall();
    const metadata = await metadataOf(agentCallId);
    const path = `/agent/${INGRESS_KEY}/llm/${secret}/${agentCallId}`;
    const cases: readonly [number, (client: Awaited<ReturnType<typeof dial>>) => void][] = [
      [4401, ({ send }) => send(details(agentCallId, {}))],
      [4401, ({ send }) => send(details(agentCallId, { tandem_stamp: `${String(metadata["tandem_stamp"])}x` }))],
      [4401, ({ send }) => send(details("call_other", metadata))],
      [4400, ({ send }) => send({ interaction_type: "response_required", response_id: 1, transcript: [] })],
      [4400, ({ send }) => send({ interaction_type: "call_details" })],
      [4400, ({ socket }) => socket.send("{")],
      [1003, ({ socket }) => socket.send(Buffer.from("x"))],
      [1009, ({ socket }) => socket.send("x".repeat(65 * 1024))],
    ];
    for (const [code, misbehave] of cases) {
      const client = await dial(path);
      await eventually(() => expect(client.received[0]).toMatchObject({ response_type: "config" }));
      misbehave(client);
      expect(await client.closed).toBe(code);
      expect(client.received.filter((frame) => frame["response_type"] === "response")).toEqual([]);
    }
    expect((await converse(agentCallId, ["My name is Ada Lovelace."])).turns[0]?.content).not.toBe("");
  }, 60_000);

  test("only the newest request is answered, and an older one that comes late is not", async () => {
    const { agentCallId } = await placeCall();
    await converse(agentCallId, [], { drop: true });
    const client = await dial(`/agent/${INGRESS_KEY}/llm/${secret}/${agentCallId}`);
    client.send(details(agentCallId, await metadataOf(agentCallId)));
    const asked = (responseId: number, content: string) =>
      client.send({
        interaction_type: "response_required",
        response_id: responseId,
        transcript: [{ role: "user", content }],
      });
    asked(5, "My name is Ada");
    asked(6, "My name is Ada Lovelace.");
    asked(4, "My name is nobody.");
    await eventually(() =>
      expect(client.received).toContainEqual(expect.objectContaining({ response_id: 6, content_complete: true })),
    );
    const answers = client.received.filter((frame) => frame["response_type"] === "response");
    const firstOfSix = answers.findIndex((frame) => frame["response_id"] === 6);
    expect(answers.slice(firstOfSix).every((frame) => frame["response_id"] === 6)).toBe(true);
    expect(answers.some((frame) => frame["response_id"] === 4)).toBe(false);
    await eventually(() => expect(client.received.some((frame) => frame["response_type"] === "ping_pong")).toBe(true));
    client.socket.terminate();
  }, 60_000);
});
