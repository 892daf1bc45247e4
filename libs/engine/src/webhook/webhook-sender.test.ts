import type { DecisionLink } from "@tandem/domain/gate";
import { instant, Secret, systemClock } from "@tandem/kernel";
import type { ClaimedDelivery, DeliveryOutcome, WebhookWork } from "@tandem/ports/store/webhooks";
import { expect, test } from "vitest";
import type { WebPost, WebRequest } from "./web-post.ts";
import { WebhookSender, type WebhookSenderOptions } from "./webhook-sender.ts";

const delivery: ClaimedDelivery = {
  tenantId: "t1",
  endpointId: "e1",
  messageId: "m1",
  workerId: "w1",
  kind: "standard",
  url: "https://hooks.ours-to-tell.org/in",
  linksFor: null,
  type: "webhook.test",
  body: '{"type":"webhook.test","timestamp":"2026-11-28T00:00:00.000Z","data":{"endpointId":"e1","actor":"key:1"}}',
  attempt: 1,
  secrets: [{ version: 1, sealed: "s1" }],
};

/** One delivery sent through a network that resolves and answers as told. */
async function sent(
  given: Partial<ClaimedDelivery>,
  web: Partial<WebPost>,
  { linksOf, ...options }: Partial<WebhookSenderOptions & Pick<WebhookWork, "linksOf">> = {},
): Promise<{ readonly outcome: DeliveryOutcome; readonly posted: readonly WebRequest[] }> {
  const outcomes: DeliveryOutcome[] = [];
  const posted: WebRequest[] = [];
  let due: readonly ClaimedDelivery[] = [{ ...delivery, ...given }];
  const work: WebhookWork = {
    fanOut: () => Promise.resolve(0),
    claimDue: () => Promise.resolve(due).finally(() => (due = [])),
    linksOf: linksOf ?? (() => Promise.resolve([])),
    finish: (_delivery, outcome) => Promise.resolve(outcomes.push(outcome) > 0),
    removeOld: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const network: WebPost = {
    resolve: web.resolve ?? (() => Promise.resolve(["1.1.1.1"])),
    post: (request) => {
      posted.push(request);
      return web.post?.(request) ?? Promise.resolve({ status: 204, retryAfter: null });
    },
  };
  const sender = new WebhookSender({
    work,
    web: network,
    rules: { ownHosts: ["voice.ours.org"], allowsLoopback: false },
    open: (_delivery, { sealed }) =>
      Promise.resolve(
        sealed.startsWith("https:") ? { url: new Secret(sealed) } : { signingSecret: new Secret(sealed) },
      ),
    sign: ({ id, timestampS }, secrets) => ({
      "webhook-id": id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": secrets.map((each) => each.reveal()).join(" "),
    }),
    linkUrl: null,
    clock: systemClock,
    rng: { bytes: () => new Uint8Array([128]) },
    workerId: "w1",
    concurrency: 4,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...options,
  });
  await sender.takeUp();
  await sender.idle();
  return { outcome: outcomes[0]!, posted };
}

test("the address that was checked is the one that is connected to, whatever the name resolves to a moment later", async () => {
  const answers = [["1.1.1.1"], ["127.0.0.1"]];
  const { posted, outcome } = await sent({}, { resolve: () => Promise.resolve(answers.shift() ?? []) });
  expect(posted).toHaveLength(1);
  expect(posted[0]).toMatchObject({ address: "1.1.1.1", destination: { host: "hooks.ours-to-tell.org" } });
  expect(answers).toHaveLength(1); // asked once
  expect(outcome).toMatchObject({ status: 204, error: null, retryInMs: null });
});

test.each([
  ["a name of ours", { url: "https://voice.ours.org/v1" }, ["1.1.1.1"]],
  ["plain http", { url: "http://hooks.ours-to-tell.org/" }, ["1.1.1.1"]],
  ["a name that leads inside", {}, ["10.0.0.7"]],
  ["a name that leads inside and outside", {}, ["1.1.1.1", "169.254.169.254"]],
  ["a name that leads to a mapped address", {}, ["::ffff:127.0.0.1"]],
  ["a name that leads nowhere", {}, []],
] as const)("nothing is sent to %s", async (_what, given, addresses) => {
  const { posted, outcome } = await sent(given, { resolve: () => Promise.resolve(addresses) });
  expect(posted).toEqual([]);
  expect(outcome).toMatchObject({ status: null, retryInMs: expect.any(Number) });
  expect(outcome.error).not.toBeNull();
  expect(outcome.error).not.toMatch(/10\.0\.0\.7|169\.254/); // what is inside is not told
});

test.each([
  [200, null, null],
  [204, null, null],
  [302, "redirects are not followed", 5_000],
  [400, "answered 400", 5_000],
  [500, "answered 500", 5_000],
] as const)("an answer of %s", async (status, error, retryInMs) => {
  const { outcome, posted } = await sent({}, { post: () => Promise.resolve({ status, retryAfter: null }) });
  expect(posted).toHaveLength(1);
  expect(outcome).toMatchObject({ status, isGone: false });
  if (error === null) expect(outcome.error).toBeNull();
  else expect(outcome.error).toContain(error);
  expect(Math.abs((outcome.retryInMs ?? 0) - (retryInMs ?? 0))).toBeLessThan(50);
});

test("an endpoint that says it is gone is not asked again; one that asks for time gets it", async () => {
  const gone = await sent({}, { post: () => Promise.resolve({ status: 410, retryAfter: null }) });
  expect(gone.outcome).toMatchObject({ isGone: true, retryInMs: null });
  const later = await sent({}, { post: () => Promise.resolve({ status: 429, retryAfter: "3600" }) });
  expect(later.outcome.retryInMs).toBe(3_600_000);
});

test("the last attempt is the last", async () => {
  const { outcome } = await sent(
    { attempt: 12 },
    { post: () => Promise.reject(Object.assign(new Error("x"), { code: "ECONNRESET" })) },
  );
  expect(outcome).toMatchObject({ status: null, error: "No answer: ECONNRESET.", retryInMs: null });
});

test("while secrets rotate every one signs; a chat gets its message at its sealed URL and no signature", async () => {
  const both = await sent(
    {
      secrets: [
        { version: 2, sealed: "new" },
        { version: 1, sealed: "old" },
      ],
    },
    {},
  );
  expect(both.posted[0]?.headers["webhook-signature"]).toBe("new old");
  expect(both.posted[0]?.body).toBe(delivery.body);
  const chat = await sent(
    { kind: "slack", url: null, secrets: [{ version: 1, sealed: "https://hooks.chat.org/T/B/x" }] },
    {},
  );
  expect(chat.posted[0]?.destination.url).toBe("https://hooks.chat.org/T/B/x");
  expect(Object.keys(chat.posted[0]?.headers ?? {})).not.toContain("webhook-signature");
  expect(JSON.parse(chat.posted[0]?.body ?? "")).toMatchObject({ text: expect.any(String), blocks: expect.any(Array) });
});

const waits: Partial<ClaimedDelivery> = {
  type: "rollout.needs-attention",
  linksFor: "slack:anna",
  body: JSON.stringify({
    type: "rollout.needs-attention",
    timestamp: "2026-11-28T00:00:00.000Z",
    data: {
      deployment: { id: "d1", name: "front-desk", playbook: "after-hours", environment: "production" },
      rolloutId: "r1",
      phase: "awaiting-approval",
      reason: { code: "awaiting-approval", summary: "s", detail: "d", nextAction: "n" },
      commands: ["tandem status front-desk"],
      links: [],
    },
  }),
};
const link: DecisionLink = {
  id: "l1",
  rolloutId: "r1",
  deploymentId: "d1",
  action: "approve",
  addressee: "slack:anna",
  planHash: "0123456789abcdef",
  generation: null,
  expiresAt: instant(0),
  createdBy: "webhook:e1",
  createdAt: instant(0),
  usedAt: null,
  revokedAt: null,
};
const linking = {
  linksOf: () => Promise.resolve([link]),
  linkUrl: ({ tenantId, linkId }: { tenantId: string; linkId: string }) =>
    `https://api.ours.org/links/${tenantId}-${linkId}`,
};

test("links are put in while a message is sent, signed with it, and only where the endpoint asks for them", async () => {
  const url = "https://api.ours.org/links/t1-l1";
  const { posted } = await sent(waits, {}, { ...linking, sign: ({ body }) => ({ "webhook-signature": body }) });
  const body = posted[0]?.body ?? "";
  expect(JSON.parse(body)).toEqual({
    ...JSON.parse(waits.body!),
    data: { ...JSON.parse(waits.body!).data, links: [{ label: "Approve plan 0123456789ab", url }] },
  });
  expect(posted[0]?.headers["webhook-signature"]).toBe(body);
  const secrets = [{ version: 1, sealed: "https://hooks.chat.org/T/B/x" }];
  const chat = await sent({ ...waits, kind: "slack", url: null, secrets }, {}, linking);
  expect(chat.posted[0]?.body).toContain(url);
  const unasked = await sent({ ...waits, linksFor: null }, {}, linking);
  expect(unasked.posted[0]?.body).toBe(waits.body);
  const about = await sent({ linksFor: "slack:anna" }, {}, linking);
  expect(about.posted[0]?.body).toBe(delivery.body);
});

test("links that could not be made hold the message back; where none can be signed it goes without, and the log says so", async () => {
  const warned: unknown[] = [];
  const log = { info: () => {}, warn: (...words: unknown[]) => void warned.push(words.at(-1)), error: () => {} };
  const broken = await sent(waits, {}, { ...linking, linksOf: () => Promise.reject(new Error("database away")), log });
  expect(broken.posted).toEqual([]);
  expect(broken.outcome).toMatchObject({ error: "Its links could not be made.", retryInMs: expect.any(Number) });
  const keyless = await sent(waits, {}, { linkUrl: null, log });
  expect(keyless.posted[0]?.body).toBe(waits.body);
  expect(warned).toEqual([
    "the links of a webhook could not be made; it goes again",
    "an endpoint asks for links, and this process can sign none",
  ]);
});
