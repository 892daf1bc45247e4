// A tenant decides from a chat: links of one use in real messages, followed at the real API, and looked for wherever they must not be.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "@tandem/kernel";
import { signTicket, verifyLinkToken } from "@tandem/secrets";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import {
  canary,
  databaseRows,
  hits,
  logsOf,
  mediaFiles,
  operatorViews,
  type Place,
  ticketsIn,
} from "./harness/canary.ts";
import { dial, hangUp, sessionOf } from "./harness/carrier.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { type Receiver, startReceiver } from "./harness/receiver.ts";

const FOR = "slack:U024BE7LH";
const CHAT = `chat-${randomBytes(12).toString("hex")}`;
const TOKEN = /[A-Za-z0-9_-]{86}\.[A-Za-z0-9_-]{43}/g;

let database: FreshDatabase;
let installation: Installation;
let receiver: Receiver;
let office: Office;
/** Starts rollouts; the endpoints are the office's own key's. */
let author: Office;
let signingSecret = "";
let authorsKey = "";
const answers: Place[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  receiver = await startReceiver();
  installation = await Installation.start({
    databases: database,
    variables: {
      TANDEM_LOG_LEVEL: "trace",
      TANDEM_WEBHOOK_LOOPBACK: "true",
      TANDEM_LEASE_MS: "8000",
      TANDEM_VENDOR_DEADLINE_MS: "4000", // no vendor fails here
    },
    listener: (where, text) => answers.push({ name: where, text }),
  });
  await installation.worker();
  office = await Office.open(installation);
  const events = ["rollout.needs-attention", "rollout.phase-changed"];
  await office.api.post("/v1/webhooks", { kind: "slack", url: receiver.url(CHAT), events, linksFor: FOR });
  const made = await office.api.post("/v1/webhooks", { url: receiver.url("systems"), events, linksFor: "mail:desk" });
  signingSecret = made.signingSecret;
  await office.api.post("/v1/webhooks", { url: receiver.url("plain"), events });
  authorsKey = (await office.api.post("/v1/api-keys", { name: "author", roles: ["author", "operator"] })).key;
  author = Object.assign(Object.create(office) as Office, { api: office.api.as(authorsKey) });
}, 240_000);
afterAll(async () => {
  await installation?.stop();
  receiver?.stop();
  await database?.drop();
});

type Buttons = Readonly<Record<string, string>>;

/** The buttons of the newest message of the chat that has any with this word. */
const buttons = (word: string): Promise<Buttons> =>
  eventually(
    `a message with ${word}`,
    async () => {
      const messages = receiver.at(CHAT).map((body) => JSON.parse(body) as { blocks: Block[] });
      const shown = messages.map(({ blocks }) => blocks.flatMap(({ elements = [] }) => elements).filter(isButton));
      const found = shown.findLast((each) => each.some(({ text }) => text.text.startsWith(word)));
      return found && Object.fromEntries(found.map(({ text, url }) => [text.text.split(" ")[0] ?? "", url]));
    },
    90_000,
  );
type Button = { readonly text: { readonly text: string }; readonly url: string };
type Block = { readonly elements?: readonly Button[] };
const isButton = (element: Partial<Button>): element is Button => element.url !== undefined;

/** Answers the page's status and text, as a browser gets them. */
async function follow(url: string, method: "GET" | "POST"): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method,
    ...(method === "POST" && {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "reason=from+the+chat",
    }),
  });
  return { status: response.status, text: await response.text() };
}

const waiting = (id: string) => author.reach(id, ["awaiting-approval"], 90_000);
const hashOf = async (id: string): Promise<string> => (await office.api.get(`/v1/rollouts/${id}`)).planHash;

test("the button approves once and the rollout goes on", async () => {
  const { id } = await author.roll({ approval: "required" });
  await waiting(id);
  const { Approve = "", Reject = "" } = await buttons("Approve");
  expect(new URL(Approve).port).toBe(String(installation.ports.api));
  expect((await follow(Approve, "GET")).text).toContain(FOR);
  expect((await office.rollout(id)).phase).toBe("awaiting-approval");
  expect((await follow(Approve, "POST")).status).toBe(200);
  await office.reach(id, ["succeeded"], 120_000);
  for (const url of [Approve, Reject]) expect((await follow(url, "POST")).status).toBe(409);
  const { items } = await office.api.get(`/v1/rollouts/${id}/approvals`);
  expect(items).toMatchObject([{ subject: FOR, via: "link", decision: "approve" }]);
}, 240_000);

test("a plan that was made anew is not decided by a link about the one before", async () => {
  await office.set({ voice: "11labs-Myra" });
  const first = await author.roll({ approval: "required" });
  await waiting(first.id);
  const plan = await hashOf(first.id);
  const { Approve = "" } = await eventually("links about this plan", async () => {
    const found = await buttons("Approve");
    return (await follow(found["Approve"] ?? "", "GET")).text.includes(plan.slice(0, 12)) ? found : undefined;
  });
  await installation.rows("UPDATE rollout SET plan_hash = $2 WHERE id = $1", [first.id, "f".repeat(64)]);
  const refused = await follow(Approve, "POST");
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("another plan")]);
  await installation.rows("UPDATE rollout SET plan_hash = $2 WHERE id = $1", [first.id, plan]);
  expect((await follow(Approve, "POST")).status).toBe(200);
  await office.reach(first.id, ["succeeded"], 120_000);
}, 240_000);

test("while a release bakes the chat has the way back", async () => {
  await office.set({ voice: "11labs-Adrian" });
  const { id } = await author.roll({ bakeMs: 600_000 });
  await office.reach(id, ["baking"], 120_000);
  const generation = (await office.detail()).pointer.generation;
  const { Roll = "" } = await eventually("a way back from here", async () => {
    const found = await buttons("Roll back");
    return (await follow(found["Roll"] ?? "", "GET")).text.includes(`<dd>${generation}</dd>`) ? found : undefined;
  });
  expect((await follow(Roll, "POST")).status).toBe(200);
  await office.reach(id, ["rolled-back"]);
  expect((await follow(Roll, "POST")).status).toBe(409);
}, 240_000);

test("no ticket by which calls, streams and trial calls are let in shows in a log", async () => {
  const call = await dial(office);
  await sessionOf(office, call.callSid);
  await hangUp(office, call.callSid);
  const key = new Secret(installation.secrets()["TANDEM_TICKET_KEY"] ?? "");
  const found = { name: "a line", text: `GET /calls/${signTicket(key, "call", { d: "x" }, 1)}?a=b` };
  expect(ticketsIn(key, [found])).toEqual(["a ticket (call) in a line"]);
  expect(logsOf(installation).map(({ name }) => name.split(" ")[2])).toEqual(
    expect.arrayContaining(["api", "media", "worker"]),
  );
  expect(ticketsIn(key, logsOf(installation))).toEqual([]);
});

test("a link shows in the messages that carried it and nowhere else; nor do keys and secrets", async () => {
  const sent = [...receiver.at(CHAT), ...receiver.at("systems")].join("\n");
  const tokens = [...new Set(sent.match(TOKEN))];
  expect(tokens.length).toBeGreaterThanOrEqual(8);
  expect(receiver.at("plain").length).toBeGreaterThan(0);
  expect(receiver.at("plain").join("\n")).not.toMatch(TOKEN);
  const own = installation.secrets();
  const key = new Secret(own["TANDEM_LINK_KEY"] ?? "");
  expect(tokens.filter((token) => verifyLinkToken(key, token) === null)).toEqual([]);
  const kept = [...logsOf(installation), ...mediaFiles(installation), ...(await databaseRows(installation))];
  const all = [...kept, ...(await operatorViews(installation)), ...answers];
  expect(kept.find(({ name }) => name === "public.webhook_message")?.text).toContain("awaiting-approval");
  expect(kept.find(({ name }) => name.startsWith("log of api"))?.text).toContain("/v1/rollouts");
  const signatures = tokens.map((token, nth) => canary(`link ${nth}`, token.split(".")[1] ?? ""));
  expect(hits([...signatures, canary("chat", CHAT)], all)).toEqual([]);
  const shownOnce = new Set(["POST /v1/webhooks → 201", "POST /v1/api-keys → 201"]);
  const elsewhere = all.filter(({ name }) => !shownOnce.has(name));
  const keys = [authorsKey, office.api.key, installation.platform.key].map((each, nth) =>
    canary(`key ${nth}`, each.split("_")[3] ?? each),
  );
  const secrets = [
    ...Object.entries({ ...own, ...office.secrets }).map(([name, value]) => canary(name, value)),
    canary("signing secret", signingSecret),
  ];
  expect(hits([...keys, ...secrets], elsewhere)).toEqual([]);
});
