import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "@tandem/kernel";
import { reasons } from "../rollout/index.ts";
import {
  DISABLED_AFTER_MS,
  isWanted,
  linkOffer,
  LARGEST_BODY_BYTES,
  needsPerson,
  notificationEvents,
  notificationsOf,
  notificationTypes,
  pauseAfter,
  RETRY_PAUSES_MS,
  ROLLOUT_EVENT,
  rolloutMessage,
  slackMessage,
  WebhookWish,
  withLinks,
} from "./index.ts";

const deployment = { id: "d1", name: "front-desk", playbook: "after-hours", environment: "production" };
const subject = { deployment };
const rolloutFact = (payload: Record<string, Json>) => ({
  kind: ROLLOUT_EVENT,
  payload: { rolloutId: "r1", type: "phase-entered", phase: "held", from: "applying", to: "held", ...payload },
});

/** One fact for every type of event. */
const FACTS = [
  { kind: "rollout.started", payload: { object: "rollout/r1", actor: "key:1" } },
  rolloutFact({ reason: "credential-refused", detail: "401" }),
  rolloutFact({ type: "rollout-waited", phase: "awaiting-approval", reason: "awaiting-approval" }),
  rolloutFact({ to: "succeeded" }),
  rolloutFact({ type: "evidence-weighed", kind: "breached", detail: "slower" }),
  { kind: "rollout.approved", payload: { object: "rollout/r1", actor: "key:1" } },
  { kind: "pointer-moved", payload: { deploymentId: "d1", active: "green", generation: 3 } },
  { kind: "pointer.rolled-back", payload: { actor: "key:1" } },
  { kind: "pointer.diverted", payload: { actor: "key:1" } },
  { kind: "pointer.resumed", payload: { actor: "key:1" } },
  { kind: "drift.appeared", payload: { open: ["telephony.number/main voiceUrl"] } },
  { kind: "drift.cleared", payload: { open: [] } },
  { kind: "rollout.queue-failed", payload: { object: "waiting-rollout/w1", code: "plan_stale", detail: "moved" } },
  { kind: "freeze.added", payload: { object: "freeze/f1", actor: "key:1" } },
  { kind: "outbound-call.no-answer", payload: { object: "outbound-call/o1", state: "no-answer", reason: null } },
  {
    kind: "incident.opened",
    payload: { object: "incident/i1", actor: "key:1", severity: "sev-1", stack: null, summary: "no answers" },
  },
  { kind: "incident.resolved", payload: { object: "incident/i1", actor: "key:1", resolution: "rolled back" } },
  {
    kind: "fleet-rollout.paused",
    payload: { object: "fleet-rollout/f1", reason: "failure-budget", detail: "3 of 10 failed" },
  },
  { kind: "tenant.suspended", payload: { actor: "key:1" } },
  { kind: "audit.checkpoint-missing", payload: { lastSeq: 3, lastAt: null, detail: "away" } },
  { kind: "audit.chain-broken", payload: { seq: 3, detail: "row 3 was changed" } },
  { kind: "webhook.disabled", payload: { endpointId: "e1", failingSince: null, detail: "gone" } },
  { kind: "webhook.test", payload: { endpointId: "e1", actor: "key:1" } },
];

test("every type is made by some change, is what its schema says, and can be said in a chat", () => {
  const made = FACTS.flatMap((fact) => notificationsOf(fact, subject));
  for (const { type, data } of made) {
    expect(() => notificationEvents[type].data.strict().parse(data), type).not.toThrow();
    expect(slackMessage({ type, data } as never).blocks.length).toBeGreaterThan(0);
  }
  expect(new Set(made.map(({ type }) => type))).toEqual(new Set(notificationTypes));
});

test("a fleet rollout that stopped at its budget says why and what to do next; one that began says who began it", () => {
  const none = { deployment: null };
  const paused = FACTS.find(({ kind }) => kind === "fleet-rollout.paused")!;
  expect(notificationsOf(paused, none)).toMatchObject([
    { data: { fleetRolloutId: "f1", change: "paused", actor: "worker", reason: { detail: "3 of 10 failed" } } },
  ]);
  const [told] = notificationsOf(paused, none);
  expect(JSON.stringify(slackMessage(told!))).toMatch(/fleet rollout paused.*resume to accept these failures/);
  const started = { kind: "fleet-rollout.started", payload: { object: "fleet-rollout/f1", actor: "key:1" } };
  expect(notificationsOf(started, none)).toMatchObject([{ data: { change: "started", reason: null, actor: "key:1" } }]);
});

test("whatever a message holds, its events are small, of the schema, and none is thrown over", () => {
  const payload = fc.dictionary(
    fc.constantFrom(
      "rolloutId",
      "type",
      "phase",
      "from",
      "to",
      "reason",
      "detail",
      "object",
      "actor",
      "links",
      "open",
      "generation",
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.string({ minLength: 3_000, maxLength: 4_000 }),
      fc.constantFrom(...Object.keys(reasons), "phase-entered", "rollout-waited"),
    ),
  );
  const kind = fc.constantFrom(ROLLOUT_EVENT, ...FACTS.map((fact) => fact.kind), "nobody.knows");
  fc.assert(
    fc.property(kind, payload, (given, members) => {
      for (const { type, data } of notificationsOf(
        { kind: given, payload: members as Record<string, Json> },
        subject,
      )) {
        expect(notificationEvents[type].data.safeParse(data).success, type).toBe(true);
        expect(Buffer.byteLength(JSON.stringify({ type, timestamp: "2026-11-28T00:00:00.000Z", data }))).toBeLessThan(
          LARGEST_BODY_BYTES,
        );
      }
    }),
    { numRuns: 150 },
  );
});

test("a person is asked for exactly where nothing else goes on", () => {
  for (const [code, entry] of Object.entries(reasons)) {
    const isGate = code === "awaiting-approval" || code === "awaiting-promotion";
    expect(needsPerson(code), code).toBe(isGate || (entry.kind === "hold" && !("isSelfResuming" in entry)));
  }
  const [changed, asks] = notificationsOf(rolloutFact({ reason: "smoke-failed", detail: "greeting" }), subject);
  expect(changed).toMatchObject({ type: "rollout.phase-changed", data: { from: "applying", to: "held" } });
  expect(asks).toMatchObject({
    type: "rollout.needs-attention",
    data: { reason: { code: "smoke-failed", detail: "greeting", nextAction: reasons["smoke-failed"].nextAction } },
  });
  expect(notificationsOf(rolloutFact({ type: "rollout-waited", reason: "settling" }), subject)).toEqual([]);
});

test("an event of a timeline leaves a small message, or none", () => {
  const event = {
    rolloutId: "r1",
    phase: "applying",
    payload: { from: "planning", to: "applying", report: { big: "x".repeat(60_000) } },
  };
  expect(rolloutMessage({ ...event, type: "phase-entered" })).toEqual({
    object: "rollout/r1",
    rolloutId: "r1",
    type: "phase-entered",
    phase: "applying",
    from: "planning",
    to: "applying",
  });
  expect(rolloutMessage({ ...event, type: "smoke-reported" })).toBeNull();
  expect(rolloutMessage({ ...event, type: "phase-entered", payload: { from: "", to: "queued" } })).toBeNull();
});

test("filters name types, nouns or all, and nothing that does not exist", () => {
  expect(isWanted(["*"], "drift.found")).toBe(true);
  expect(isWanted(["rollout.*"], "rollout.ended")).toBe(true);
  expect(isWanted(["rollout.*"], "pointer.moved")).toBe(false);
  expect(isWanted(["pointer.moved"], "pointer.moved")).toBe(true);
  expect(WebhookWish.safeParse({ events: ["rollout.*", "drift.found"] }).success).toBe(true);
  for (const filter of ["rollout", "rollout.nothing", "*.ended", "x.*", ""])
    expect(WebhookWish.safeParse({ events: [filter] }).success, filter).toBe(false);
});

test("attempts are spread over more than four days and their pauses only grow", () => {
  const pauses = RETRY_PAUSES_MS.map((_, index) => pauseAfter(index + 1, 0.5, null));
  expect(pauses).toEqual(pauses.toSorted((one, other) => (one ?? 0) - (other ?? 0)));
  const wholeMs = RETRY_PAUSES_MS.reduce((sum, pause) => sum + pause, 0);
  expect(wholeMs).toBeGreaterThan(4 * 86_400_000);
  expect(wholeMs).toBeGreaterThan(DISABLED_AFTER_MS);
  expect(pauseAfter(RETRY_PAUSES_MS.length + 1, 0.5, null)).toBeNull();
  expect(pauseAfter(1, 0, null)).toBe(4_000);
  expect(pauseAfter(1, 1, null)).toBe(6_000);
  expect(pauseAfter(1, 0.5, 60_000)).toBe(60_000);
  expect(pauseAfter(1, 0.5, 999_999_999)).toBe(86_400_000);
});

test("a chat shows reason, next action, commands and links, and takes nobody's markup for its own", () => {
  const fact = rolloutFact({
    type: "rollout-waited",
    phase: "awaiting-approval",
    reason: "awaiting-approval",
    detail: "<!channel> *bold* & <https://evil.example|click>",
  });
  const [asks] = notificationsOf(fact, subject);
  const links = [
    { label: "Approve", url: "https://voice.ours.org/l/1" },
    { label: "Bad", url: "javascript:x" },
  ];
  const message = slackMessage(withLinks(asks!, links));
  const shown = JSON.stringify(message);
  expect(message.text).toContain("front-desk (production)");
  expect(shown).toContain(reasons["awaiting-approval"].nextAction);
  expect(shown).toContain("tandem approve r1");
  expect(message.blocks.find(({ type }) => type === "actions")).toMatchObject({
    elements: [{ url: "https://voice.ours.org/l/1" }],
  });
  expect(shown).not.toContain("<!channel>");
  expect(shown).not.toContain("<https://evil");
  expect(shown).toContain("&lt;!channel&gt;");
});

test("links are offered where a link decides: for a plan that waits, for calls on a new release, and nowhere else", () => {
  const planId = "0198c0de-0000-7000-8000-000000000001";
  const offerOf = (payload: Record<string, Json>) => notificationsOf(rolloutFact(payload), subject).map(linkOffer);
  const waits = { type: "rollout-waited", phase: "awaiting-approval", reason: "awaiting-approval" };
  const answers = { rolloutId: "r1", actions: ["approve", "reject"] };
  expect(offerOf({ ...waits, detail: planId })).toEqual([{ ...answers, planId }]);
  expect(offerOf({ ...waits, detail: "1 of 2 approvals count" })).toEqual([{ ...answers, planId: null }]);
  const back = { rolloutId: "r1", actions: ["rollback"], planId: null };
  expect(offerOf({ type: "phase-entered", phase: "baking", from: "switching", to: "baking" })).toEqual([back]);
  expect(offerOf({ type: "phase-entered", phase: "applying", from: "planning", to: "applying" })).toEqual([null]);
  expect(offerOf({ type: "rollout-waited", phase: "baking", reason: "evidence-inconclusive", detail: "" })).toEqual([
    back,
  ]);
});

test("what a rollout's own event brings as links is not told: a link that was kept is none", () => {
  const kept = rolloutMessage({
    rolloutId: "r1",
    type: "rollout-waited",
    phase: "awaiting-approval",
    payload: { reason: "awaiting-approval", detail: "", links: [{ label: "x", url: "https://voice.ours.org/l/1" }] },
  });
  expect(JSON.stringify(kept)).not.toContain("/l/1");
  const [asks] = notificationsOf(
    { kind: ROLLOUT_EVENT, payload: { ...kept, links: [{ label: "x", url: "y" }] } },
    subject,
  );
  expect(asks).toMatchObject({ type: "rollout.needs-attention", data: { links: [] } });
});
