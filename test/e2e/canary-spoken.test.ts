import { randomBytes, randomInt } from "node:crypto";
import type { CallerStep } from "@tandem/domain/manifest";
import { Secret } from "@tandem/kernel";
import { signTicket } from "@tandem/secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import {
  type Canary,
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
import { tandem } from "./harness/command-line.ts";
import { EchoingVendor } from "./harness/echoing-vendor.ts";
import { goLive } from "./harness/go-live.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { accounts, type ProviderConnections } from "./harness/provider-accounts.ts";
import { SpanCollector } from "./harness/span-collector.ts";
import { agentWords, speakFast, talk } from "./harness/spoken.ts";

const letters = (count: number): string =>
  Array.from(randomBytes(count), (byte) => "bdfgklmnprstvz"[byte % 14] ?? "b").join("");
const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join("");

/** Sixteen digits that pass the check of cards. */
function cardNumber(): string {
  const body = `4${digits(14)}`;
  const sum = Array.from(body)
    .toReversed()
    .reduce((total, digit, at) => {
      const doubled = Number(digit) * 2;
      return total + (at % 2 === 1 ? Number(digit) : doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

/** Somebody who tells the agent what must not be kept. */
interface Person {
  readonly from: string;
  readonly name: string;
  readonly callback: string;
  readonly card: string;
  readonly email: string;
}
const somebody = (): Person => ({
  from: `+1555${digits(7)}`,
  name: `Quentin V${letters(9)}`,
  callback: `+1555${digits(7)}`,
  card: cardNumber(),
  email: `q${letters(9)}@example.com`,
});
const spoken = somebody();
const hosted = somebody();
const unlucky = somebody();
const refusedKey = `sk_refused_${randomBytes(12).toString("hex")}`;

const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, "$1 ");
/** A number as it is written, with and without its country, and as the agent reads it out. */
const numberForms = (number: string): string[] => {
  const national = number.slice(2);
  return [number.slice(1), `${national.slice(0, 3)} ${national.slice(3, 6)} ${national.slice(6)}`];
};
const formsOf = (who: string, { name, callback, card, email }: Person): Canary[] => [
  { name: `name of ${who}`, forms: [name, name.split(" ")[1] ?? name, name.toLowerCase()] },
  { name: `call-back number of ${who}`, forms: numberForms(callback) },
  { name: `card of ${who}`, forms: [card, grouped(card)] },
  { name: `e-mail of ${who}`, forms: [email, email.split("@")[0] ?? email] },
];

let database: FreshDatabase;
let installation: Installation;
let collector: SpanCollector;
let echo: EchoingVendor;
let office: Office;
let agency: Office;
const answers: Place[] = [];
const printed: Place[] = [];

const lines = ({ name, callback, card, email }: Person): string[] => [
  "The kitchen tap is dripping. It can wait until tomorrow.",
  `My name is ${name}.`,
  `Please call me on ${callback}.`,
  "Yes, that is right.",
  `Take my card, ${grouped(card)}, and write to ${email}.`,
];
const script = (person: Person): CallerStep[] => [
  { do: "hear", anyOf: ["How can I help you"], withinMs: 30_000 },
  ...lines(person).flatMap((text): CallerStep[] => [
    { do: "say", text },
    { do: "listen", withinMs: 20_000 },
  ]),
  { do: "hang-up" },
];

const kinds: readonly ["tandem" | "custom-llm", string][] = [
  ["tandem", "desk"],
  ["custom-llm", "agency"],
];

beforeAll(async () => {
  database = await freshDatabase();
  [collector, echo] = await Promise.all([SpanCollector.start(), EchoingVendor.start()]);
  installation = await Installation.start({
    databases: database,
    variables: { TANDEM_LOG_LEVEL: "trace", TANDEM_SMOKE_CALLS: "2", TANDEM_OTLP_URL: collector.url },
    listener: (where, text) => answers.push({ name: where, text }),
  });
  await speakFast(installation);
  await installation.worker();
  [office, agency] = (await Promise.all(
    kinds.map(([agentKind, slug]) => Office.open(installation, { slug, agentKind, overlay: { recording: "none" } })),
  )) as [Office, Office];
  for (const each of [agency, office]) await goLive(each);
  await calls();
  await readEverything();
  await refusals();
}, 900_000);
afterAll(async () => {
  await installation?.stop();
  collector?.stop();
  echo?.stop();
  await database?.drop();
});

let words = "";
let hostedTurns: { content: string }[] = [];

async function calls(): Promise<void> {
  const call = await talk(office, spoken.from, script(spoken));
  const report = await call.ended;
  words = agentWords(report);
  expect(report.steps.flatMap(({ ok, step, detail }) => (ok ? [] : [`${step.do}: ${detail}`]))).toEqual([]);
  const placed = await dial(agency, hosted.from);
  const talked = await installation.sandbox.act<{ turns: { content: string }[] }>("retell", "converse", {
    callId: placed.connected.agentCallId ?? "",
    say: lines(hosted),
  });
  hostedTurns = talked.turns;
  await hangUp(agency, placed.callSid);
  await over(office, call.callId);
  await over(agency, placed.callSid);
}

const over = (where: Office, callId: string): Promise<unknown> =>
  eventually(`call ${callId} is over`, async () =>
    (await sessionOf(where, callId)).endedAt === null ? undefined : true,
  );

/** Every way in which readers of each role look at calls. */
async function readEverything(): Promise<void> {
  for (const each of [office, agency]) {
    const viewer = each.api.as((await each.api.post("/v1/api-keys", { name: "reader", roles: ["viewer"] })).key);
    const { items } = await each.api.get(`/v1/deployments/${each.deploymentId}/sessions?limit=50`);
    for (const { id } of items) for (const reader of [each.api, viewer]) await reader.get(`/v1/sessions/${id}`);
    for (const path of ["sessions", "latency", "kpis", "rollouts"])
      await viewer.get(`/v1/deployments/${each.deploymentId}/${path}`);
    const ran = await tandem(each.api, ["status", each.deployment, "--smoke"]);
    printed.push({ name: "tandem status --smoke", text: ran.out + ran.err });
  }
}

/** Providers that refuse and repeat what they were sent: in checks, in a plan, and in the middle of a call. */
async function refusals(): Promise<void> {
  const { TANDEM_SANDBOX_ORIGINS: text = "{}" } = installation.environmentOf("media");
  const origins = JSON.parse(text) as Record<string, string>;
  const providers = ["deepgram", "cartesia", "elevenlabs", "openai"].map((vendor) => [vendor, echo.origin]);
  const variables = {
    TANDEM_SANDBOX_ORIGINS: JSON.stringify({ ...origins, ...Object.fromEntries(providers) }),
  };
  await installation.running("worker").stop();
  await installation.worker(undefined, variables);
  await checkAll(office.providers as ProviderConnections);
  await office.plan();
  await installation.running("media").stop();
  await installation.launch("media", variables).ready();
  const call = await dial(office, unlucky.from);
  await eventually("the call with dead providers is handed over", async () => {
    const { connected } = await describe(office, call.callSid);
    return connected.to === "stream" ? undefined : true;
  });
  const placed = await dial(agency, unlucky.from);
  // Without a model the call goes to a person, and the conversation ends in the middle of the answer.
  await installation.sandbox
    .act("retell", "converse", { callId: placed.connected.agentCallId ?? "", say: [lines(unlucky).join(" ")] })
    .catch(() => undefined);
  await hangUp(agency, placed.callSid);
  await installation.running("media").stop();
  await installation.launch("media").ready();
  await installation.running("worker").stop();
  await installation.worker();
  for (const id of Object.values(office.providers ?? {}))
    await office.api.put(`/v1/connections/${id}/credential`, { secrets: { apiKey: refusedKey } });
  await checkAll(office.providers as ProviderConnections);
  const ran = await tandem(office.api, ["plan", office.deployment]);
  printed.push({ name: "tandem plan", text: ran.out + ran.err });
}

const describe = (where: Office, callSid: string) =>
  where.installation.sandbox.act<{ connected: { to: string } & { [name: string]: never } }>("twilio", "describeCall", {
    callSid,
  });

async function checkAll(connections: ProviderConnections): Promise<void> {
  for (const id of Object.values(connections)) {
    const { checkId } = await office.api.post(`/v1/connections/${id}/test`);
    await eventually("check", async () =>
      (await office.api.get(`/v1/checks/${checkId}`)).state === "pending" ? undefined : true,
    );
  }
}

async function places(): Promise<Place[]> {
  const told = [...answers, ...printed, ...(await operatorViews(installation))];
  const spans = { name: "spans", text: collector.text };
  return [...logsOf(installation), ...mediaFiles(installation), ...told, spans, ...(await databaseRows(installation))];
}
const inPlace = async (name: string): Promise<string> =>
  (await places())
    .filter((place) => place.name.startsWith(name))
    .map(({ text }) => text)
    .join("\n");

test("the calls were really held, heard and written down, and every place was really looked at", async () => {
  expect(words).toMatch(/goodbye|call you|right/i);
  expect(hostedTurns).toHaveLength(lines(hosted).length);
  const kept = await inPlace("public.session_event");
  for (const mark of ["[card]", "[email]", "[name]", "[phone]"]) expect(kept).toContain(mark);
  expect(collector.text).toContain("traceId");
  expect(await inPlace("media /metrics → 200")).toContain("tandem_");
  const names = (await places()).map(({ name }) => name);
  for (const file of ["memory.json", "sessions.json"]) expect(names).toContain(`media file ${file}`);
  expect(echo.echoes.join("\n")).toContain(accounts["provider.openai"].secrets["apiKey"]);
  expect(echo.echoes.join("\n")).toContain(unlucky.name);
});

test("what callers say of themselves is kept nowhere: neither words, nor facts, nor what failing providers repeat", async () => {
  const canaries = [
    ...formsOf("the caller", spoken),
    ...formsOf("the agency's caller", hosted),
    ...formsOf("who met refusals", unlucky),
  ];
  expect(hits(canaries, await places())).toEqual([]);
});

test("the number that somebody calls from is in the row of the call and nowhere else in clear", async () => {
  const canaries = [spoken, hosted, unlucky].map(({ from }) => ({ name: `caller ${from}`, forms: numberForms(from) }));
  const elsewhere = (await places()).filter(({ name }) => name !== "public.session");
  expect(hits(canaries, elsewhere)).toEqual([]);
});

test("no key of a provider shows anywhere, whoever refused it and however", async () => {
  const keys = Object.entries(accounts).map(([role, { secrets }]) => canary(role, secrets["apiKey"] ?? ""));
  const own = Object.entries(installation.secrets()).map(([name, value]) => canary(name, value));
  expect(hits([...keys, canary("refused key", refusedKey), ...own], await places())).toEqual([]);
});

test("no ticket that lets a call, a stream, an agent or an operator in shows anywhere, expired or not", async () => {
  const key = new Secret(installation.secrets()["TANDEM_TICKET_KEY"] ?? "");
  const planted = { name: "a span", text: `{"url":"/agent/${signTicket(key, "agent", { d: "x" }, 1)}"}` };
  expect(ticketsIn(key, [planted])).toEqual(["a ticket (agent) in a span"]);
  expect(ticketsIn(key, await places())).toEqual([]);
});

test("who may not read transcripts is shown no word of a call", async () => {
  const shown = answers.filter(({ name }) => name.startsWith("GET /v1/sessions/")).map(({ text }) => text);
  const withWords = shown.filter((text) => /"callerText":"[^"]/.test(text));
  expect(withWords.length).toBeGreaterThan(0);
  expect(shown.length - withWords.length).toBeGreaterThanOrEqual(withWords.length);
});
