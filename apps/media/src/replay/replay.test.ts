import type { Tool } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import {
  comparedSession,
  defaultReplay,
  type RecordedTool,
  type ReplayRun,
  restoredText,
  standInsOf,
  summedReplay,
} from "@tandem/domain/replay";
import { redactText } from "@tandem/domain/session";
import type { Slot } from "@tandem/domain/slot";
import { Secret, sha256Hex } from "@tandem/kernel";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import { signTicket } from "@tandem/secrets";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deploymentOf, pointerAt, slotWith } from "../../test-support/fixtures.ts";
import { ticketKey } from "../../test-support/node-harness.ts";
import { officeProbe } from "../../test-support/office-probe.ts";
import {
  INGRESS_KEY,
  number,
  openSpokenOffice,
  spokenBundle,
  type SpokenOffice,
} from "../../test-support/spoken-office.ts";
import { exchangeOf } from "../tool-host/tool-exchange.ts";
import { success } from "../tool-host/tool-job.ts";

const book: Tool = {
  name: "book",
  description: "Books an appointment",
  operation: "calendar.book",
  resource: "calendar.calendar/bookings",
  arguments: { name: { type: "string", description: "Name of the caller", required: true } },
  settings: { slotMinutes: 30, title: "Visit" },
  acknowledgement: "One moment.",
  timeoutMs: 5000,
};

/** The office's release with an appointment at its end; `to` is where callers go once they have said why they call. */
function release(to: "visit" | "human", kind: ReleaseBundle["agent"]["kind"] = "tandem"): ReleaseBundle {
  const base = spokenBundle();
  const [greet, reason] = base.conversation.objectives;
  return spokenBundle({
    agent: { ...base.agent, kind },
    tools: [...base.tools, book],
    conversation: {
      ...base.conversation,
      objectives: [
        greet!,
        { ...reason!, next: [{ when: { is: "collected", fields: ["reason"] }, to }] },
        {
          name: "visit",
          instruction: "Book the appointment.",
          collect: [],
          tools: ["book"],
          next: [
            { when: { is: "tool-result", tool: "book", outcome: "success" }, to: "end" },
            { when: { is: "tool-result", tool: "book", outcome: "failure" }, to: "human" },
          ],
        },
      ],
    },
  });
}

let office: SpokenOffice;

/** The first release on blue, which is live, and the second on green. */
async function serve(blue: ReleaseBundle, green: ReleaseBundle): Promise<void> {
  const { connections } = office.feed.deployments.get("d1")!;
  const generation = office.feed.deployments.get("d1")!.pointer.generation + 1;
  const slots = { blue: slotWith(blue, "agent"), green: slotWith(green, "agent") };
  const pointer = pointerAt(generation, "blue");
  office.feed.put(deploymentOf({ connections, slots, number, pointer }), blue, green);
  office.feed.onMove?.("d1");
  while (office.node.state().deployments[0]?.generation !== generation)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

beforeAll(async () => {
  office = await openSpokenOffice();
  await serve(release("visit"), release("human"));
}, 60_000);
afterAll(() => office.stop());

const booked: RecordedTool = {
  tool: "book",
  arguments: { name: "[personal]" },
  outcome: "success",
  reply: { event_id: "event-1" },
};
const talk = (said: readonly string[], recorded: readonly RecordedTool[] = [booked]): ReplayTalk => ({
  startedAtMs: Date.UTC(2026, 10, 20, 9),
  from: "+15550100123",
  said,
  recorded,
});
const visit = talk(["My name is Alex Carter.", "I would like to know about your prices."]);
const never = new AbortController().signal;
const replayed = (slot: Slot, what: ReplayTalk): Promise<ReplayRun> =>
  officeProbe(office).replay("t1", "d1", slot, what, never);

describe("a past call, had again", () => {
  test("goes through the release's own conversation and models to the outcome it had, and asks no vendor for its tools", async () => {
    const sessions = office.writer.sessions.size;
    const run = await replayed("blue", visit);
    expect(run).toMatchObject({ disposition: "booked", handedOffTo: null, trouble: null, language: "en-US" });
    expect(run.objectives).toEqual(["greet", "reason", "visit"]);
    expect(run.turns.map(({ said }) => said)).toEqual(["", ...visit.said]);
    expect(run.turns.flatMap(({ tools }) => tools)).toEqual([
      { tool: "book", arguments: { name: "Alex Carter" }, outcome: "success", isRecorded: true },
    ]);
    expect(run.turns.every(({ answer }) => answer !== "")).toBe(true);
    expect(office.writer.sessions.size).toBe(sessions);
    expect(office.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
  });

  test("is said to ask for what was not recorded where the past call had not asked for it", async () => {
    const run = await replayed("blue", { ...visit, recorded: [] });
    expect(run.turns.flatMap(({ tools }) => tools)).toMatchObject([
      { tool: "book", outcome: "failure", isRecorded: false },
    ]);
    expect(run).toMatchObject({ disposition: "transferred", handedOffTo: "human" });
  });

  test("goes the same way behind a hosted agent's voice; caller's silence and an early end are had as well", async () => {
    await serve(release("visit", "custom-llm"), release("human", "custom-llm"));
    expect(await replayed("blue", visit)).toMatchObject({ disposition: "booked" });
    const silent = await replayed("blue", talk(["", "I want to speak to a person.", "never said"]));
    expect(silent).toMatchObject({ disposition: "transferred", turns: { length: 3 } });
    await serve(release("visit"), release("human"));
  });
});

test("a changed objective makes some of the past calls end differently, and the report says which and where", async () => {
  const calls = [
    visit,
    talk(["I want to speak to a person."]),
    talk(["My name is Sam Whitfield."]),
    talk(["This is Robin Hayes speaking.", "I have a question about my bill."]),
  ];
  const comparisons = [];
  for (const [index, call] of calls.entries()) {
    const runs = {
      before: await replayed("blue", call),
      again: await replayed("blue", call),
      after: await replayed("green", call),
    };
    comparisons.push(comparedSession({ sessionId: `s${index}`, disposition: "booked" }, runs));
  }
  const report = summedReplay({ before: "a", after: "b", chosen: 4, comparisons }, defaultReplay);
  expect(report).toMatchObject({
    verdict: "differs",
    compared: 4,
    differing: 2,
    unsteady: 0,
    notRecorded: 0,
    failed: 0,
  });
  expect(comparisons.map(({ verdict }) => verdict)).toEqual(["differs", "same", "same", "differs"]);
  expect(comparisons[0]).toMatchObject({
    partsAtTurn: 2,
    differences: [
      { aspect: "disposition", before: "booked", after: "transferred" },
      { aspect: "hand-off", before: "none", after: "human" },
      { aspect: "objectives", before: "greet, reason, visit", after: "greet, reason" },
      { aspect: "tools", before: "book(name): success", after: "none" },
    ],
  });
}, 60_000);

describe("the address of replays", () => {
  const body = JSON.stringify(visit);
  const claims = {
    tenantId: "t1",
    deploymentId: "d1",
    slot: "blue",
    id: "one",
    issuedAtMs: Date.now(),
    bodyHash: sha256Hex(body),
  };
  const ask = (ticket: string, text = body, key = INGRESS_KEY) =>
    fetch(`${office.publicUrl}/trial/${key}/replay`, {
      method: "POST",
      body: text,
      headers: { authorization: `Bearer ${ticket}` },
    });
  const ticketWith = (change: object, key = ticketKey, untilMs = Date.now() + 60_000) =>
    signTicket(key, "trial", { ...claims, id: Math.random().toString(36), ...change }, untilMs);

  test("looks like nothing without a ticket for these very words, this deployment and this moment", async () => {
    const { bodyHash: _hash, ...callClaims } = claims;
    const refused = [
      "",
      ticketWith({}, new Secret("other")),
      ticketWith({}, ticketKey, Date.now() - 1),
      ticketWith({ deploymentId: "d2" }),
      ticketWith({ slot: "red" }),
      ticketWith({ bodyHash: sha256Hex("{}") }),
      signTicket(ticketKey, "trial", callClaims, Date.now() + 60_000),
      signTicket(ticketKey, "operations", claims, Date.now() + 60_000),
    ];
    for (const ticket of refused) expect((await ask(ticket)).status).toBe(404);
    expect((await ask(ticketWith({}), `${body} `)).status).toBe(404);
    expect((await ask(ticketWith({}), body, "z".repeat(26))).status).toBe(404);
    await expect(officeProbe(office, new Secret("other")).replay("t1", "d1", "blue", visit, never)).rejects.toThrow(
      /404/,
    );
  });

  test("takes a ticket once, and a replay that nobody waits for any more is given up", async () => {
    const ticket = ticketWith({});
    expect((await ask(ticket)).status).toBe(200);
    expect((await ask(ticket)).status).toBe(404);
    const stopped = AbortSignal.abort();
    await expect(officeProbe(office).replay("t1", "d1", "blue", visit, stopped)).rejects.toThrow(/abort/i);
  });
});

test("redaction finds stand-ins where it would have found what they stand for", () => {
  const text = "My name is [name], call me at [phone] or write to [email]";
  const standIns = standInsOf("session-1");
  expect(redactText(restoredText(text, standIns), ["phone", "email", "name"], [standIns.name])).toBe(text);
});

test("of what a tool was told only what cannot be personal is kept, and nothing where no words are kept", () => {
  const bundle = release("visit");
  const find = { operation: "calendar.book" } as const;
  const args = {
    caller_name: "Ada Lovelace",
    name: "Ada Lovelace",
    text: "Caller name: Ada Lovelace.",
    start: "2026-12-01T09:00:00.000-05:00",
    days: 3,
    zip: 4_155_552_671,
  };
  const reply = { contact_id: "4155552671", slots: [{ start: args.start, spoken: "nine" }], title: "Ada Lovelace" };
  expect(exchangeOf(bundle, find, args, success(reply))).toEqual({
    arguments: {
      caller_name: "[personal]",
      name: "[personal]",
      text: "[personal]",
      start: args.start,
      days: 3,
      zip: "[personal]",
    },
    reply: { contact_id: "4155552671", slots: [{ start: args.start, spoken: "nine" }] },
  });
  const born = { operation: "crm.upsert-contact" } as const;
  expect(exchangeOf(bundle, born, { born: "1980-02-03" }, success({}))?.["arguments"]).toEqual({ born: "[personal]" });
  const { retention } = bundle.policies;
  const mute = { ...bundle, policies: { ...bundle.policies, retention: { ...retention, transcriptDays: 0 } } };
  expect(exchangeOf(mute, find, args, success(reply))).toBeNull();
  expect(exchangeOf(bundle, find, args, success({ message: "x".repeat(9000) }))).toBeNull();
});
