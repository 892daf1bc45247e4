import type { ReleaseBundle } from "@tandem/domain/release";
import type { Deployment } from "@tandem/domain/tenant";
import { instant, setFaultHook, systemClock, VendorError } from "@tandem/kernel";
import type { ClaimedOutboundCall, OutboundChange, OutboundWork } from "@tandem/ports/store/outbound";
import type { CallWish, PlacedCall, Telephony } from "@tandem/ports/telephony";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { OutboundCaller } from "./outbound-caller.ts";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const ALWAYS = Object.fromEntries(DAYS.map((day) => [day, [{ from: "00:00", to: "24:00" }]]));
const START = Date.parse("2026-11-25T16:00:00Z");
const HOUR_MS = 3_600_000;
const DEADLINE_MS = 1000;
const SETTLE_MS = 30_000;

const bundle = {
  deployment: { number: "+15550100000" },
  agent: { kind: "tandem" },
  connections: { telephony: { connectionId: "c1", vendor: "twilio", requiredScopes: [] } },
  answer: {
    schedule: { timeZone: "UTC", weekly: ALWAYS, holidays: [], overrides: [] },
    whenOpen: { do: "agent" },
    whenClosed: { do: "agent" },
  },
  fallbackNumber: "+15550100001",
  humanPath: { number: "+15550100002" },
  emergency: { number: "+15550100003" },
  policies: { minutesPerCallerPerDay: 60 },
  conversation: { fields: [{ name: "need", type: "text" }] },
  outbound: {
    callingHours: ALWAYS,
    consentMaxAgeDays: 3,
    maxAttempts: 1,
    ringSeconds: 25,
    countries: ["+1"],
    lead: { need: "need" },
    disclosure: { text: "Hello." },
  },
} as unknown as ReleaseBundle;

/** One call as its row would be, and the world around it, on a clock that the test moves. */
class World implements OutboundWork {
  nowMs = START;
  state: ClaimedOutboundCall["state"] | OutboundChange["state"] = "queued";
  reason: string | null = null;
  callId: string | null = null;
  isDiverted = false;
  /** The worker that has just placed a call dies before it can tell. */
  isDoomed = false;
  readonly history: string[] = [];
  /** What the carrier did, in order of time. */
  readonly placed: { readonly callId: string; readonly atMs: number; readonly wish: CallWish }[] = [];
  #dueMs = START;
  #claim: { readonly workerId: string; readonly untilMs: number } | null = null;
  #intentMs: number | null = null;
  #tries = 0;
  #dead = new Set<string>();

  get isOver(): boolean {
    return !["queued", "scheduled", "calling"].includes(this.state);
  }

  kill(workerId: string): void {
    this.#dead.add(workerId);
  }

  isDead(workerId: string): boolean {
    return this.#dead.has(workerId);
  }

  claimDue(workerId: string, _limit: number, claimMs: number): Promise<readonly ClaimedOutboundCall[]> {
    const isFree = this.#claim === null || this.#claim.untilMs < this.nowMs;
    if (this.isOver || this.#dueMs > this.nowMs || !isFree) return Promise.resolve([]);
    this.#claim = { workerId, untilMs: this.nowMs + claimMs };
    return Promise.resolve([
      {
        tenantId: "t1",
        id: "o1",
        deploymentId: "d1",
        workerId,
        state: this.state as ClaimedOutboundCall["state"],
        to: "+15550190001",
        from: "+15550100000",
        timeZone: null,
        lead: { need: "A dashboard" },
        consentGivenAt: instant(START - HOUR_MS),
        callId: this.callId,
        intendedAt: this.#intentMs === null ? null : instant(this.#intentMs),
        intendedMsAgo: this.#intentMs === null ? null : this.nowMs - this.#intentMs,
        tries: this.#tries,
      },
    ]);
  }

  outlook({ to, timeZone, consentGivenAt }: ClaimedOutboundCall) {
    const wish = { to, timeZone, consent: { givenAt: consentGivenAt } };
    const flags = {
      isSuspended: false,
      isAttached: true,
      isDiverted: this.isDiverted,
      hasAttempt: false,
      isPending: false,
    };
    const deployment = { id: "d1", ingressKey: "key", connections: {} } as unknown as Deployment;
    return Promise.resolve({ deployment, situation: { wish, bundle, nowMs: this.nowMs, secondsUsed: 0, ...flags } });
  }

  otherCallIds(): Promise<readonly string[]> {
    return Promise.resolve(["CA-other"]);
  }

  change({ workerId }: ClaimedOutboundCall, change: OutboundChange): Promise<boolean> {
    if (this.#dead.has(workerId)) return Promise.reject(new Error("killed"));
    const isMine = this.#claim?.workerId === workerId && this.#claim.untilMs > this.nowMs;
    if (this.isOver || !isMine) return Promise.resolve(false);
    this.state = change.state;
    this.reason = change.reason ?? null;
    this.callId = change.callId ?? this.callId;
    this.#dueMs = this.nowMs + (change.dueInMs ?? 0);
    this.#claim = change.intent?.is === "begins" ? { workerId, untilMs: this.nowMs + change.intent.claimMs } : null;
    if (change.intent?.is === "begins") this.#tries += 1;
    if (change.intent !== undefined) this.#intentMs = change.intent.is === "begins" ? this.nowMs : null;
    this.history.push(change.intent?.is ?? change.state);
    return Promise.resolve(true);
  }
}

type Mishap = "none" | "lost-answer" | "lost-request" | "throttled" | "dies-before" | "dies-after" | "sleeps";

/** A carrier to which things happen, one after the other; a call is listed when it is `listedAfterMs` old. */
function carrier(
  world: World,
  mishaps: Mishap[],
  listedAfterMs: number,
): Pick<Telephony, "placeCall" | "placedCalls" | "placedCall"> {
  const answer = ({ callId }: { readonly callId: string }): PlacedCall => ({
    callId,
    status: "busy",
    answeredBy: null,
  });
  const failed = (effect: "none" | "unknown", fault: "throttled" | "unavailable") =>
    new VendorError("carrier", { vendor: "twilio", operation: "place call", fault, effect });
  const other: PlacedCall = { callId: "CA-other", status: "completed", answeredBy: "human" };
  return {
    placeCall: (wish) => {
      const mishap = mishaps.shift() ?? "none";
      if (mishap === "throttled") return Promise.reject(failed("none", "throttled"));
      if (mishap === "lost-request") return Promise.reject(failed("unknown", "unavailable"));
      const call = { callId: `CA${world.placed.length}`, atMs: world.nowMs, wish };
      world.placed.push(call);
      world.isDoomed = mishap === "dies-after";
      if (mishap === "lost-answer") return Promise.reject(failed("unknown", "unavailable"));
      return Promise.resolve({ ...answer(call), status: "queued" });
    },
    placedCalls: ({ sinceMs }) =>
      Promise.resolve([
        ...world.placed.filter(({ atMs }) => atMs >= sinceMs && atMs + listedAfterMs <= world.nowMs).map(answer),
        other,
      ]),
    placedCall: (callId) => Promise.resolve(answer({ callId })),
  };
}

let workers = 0;

function workerOf(world: World, telephony: Pick<Telephony, "placeCall" | "placedCalls" | "placedCall">) {
  const workerId = `w${(workers += 1)}`;
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const caller = new OutboundCaller({
    work: world,
    vendors: { open: () => Promise.resolve({ telephony } as never) },
    publicUrl: "https://calls.example",
    sealTicket: (content) => Buffer.from(JSON.stringify(content)).toString("base64url"),
    clock: { ...systemClock, now: () => world.nowMs, monotonicMs: () => world.nowMs },
    workerId,
    callDeadlineMs: DEADLINE_MS,
    settleMs: SETTLE_MS,
    pollMs: 500,
    backoffMs: 500,
    log: quiet,
  });
  return { workerId, caller };
}

afterEach(() => setFaultHook(undefined));

/** Runs workers, a new one after each that died, until the call is over or a day has passed. */
async function run(world: World, mishaps: readonly Mishap[], listedAfterMs = 0): Promise<void> {
  const left = [...mishaps];
  const telephony = carrier(world, left, listedAfterMs);
  let worker = workerOf(world, telephony);
  const die = (): never => {
    world.kill(worker.workerId);
    throw new Error("killed");
  };
  setFaultHook((point) => {
    if (point === "outbound.intent.after" && left[0] === "sleeps") {
      left.shift();
      world.nowMs += DEADLINE_MS + 1;
    }
    if (point === "outbound.intent.after" && left[0] === "dies-before") {
      left.shift();
      die();
    }
    if (point === "outbound.outcome.before" && world.isDoomed) {
      world.isDoomed = false;
      die();
    }
  });
  for (let step = 0; step < 400 && !world.isOver; step += 1) {
    await worker.caller.runDue();
    world.nowMs += 500;
    if (step % 3 === 2 || world.isDead(worker.workerId)) worker = workerOf(world, telephony);
  }
}

test("a call is intended, placed and told; its address opens to what is known of the lead", async () => {
  const world = new World();
  await run(world, []);
  expect(world.history).toEqual(["begins", "calling", "busy"]);
  expect(world).toMatchObject({ state: "busy", callId: "CA0" });
  const { wish } = world.placed[0]!;
  expect(wish).toMatchObject({
    from: "+15550100000",
    to: "+15550190001",
    ringSeconds: 25,
    detectsMachine: true,
    statusUrl: "https://calls.example/voice/key/status",
  });
  const ticket = new URL(wish.answerUrl).searchParams.get("ticket") ?? "";
  expect(JSON.parse(Buffer.from(ticket, "base64url").toString())).toEqual({
    outboundCallId: "o1",
    deploymentId: "d1",
    to: "+15550190001",
    facts: [{ field: "need", value: "A dashboard", isConfirmed: false }],
  });
});

test.each<[Mishap, number, string]>([
  ["lost-answer", 1, "its answer lost: found in the carrier's list"],
  ["lost-request", 1, "its request lost: asked again once the carrier has had its time"],
  ["throttled", 1, "refused for now: asked again"],
  ["dies-before", 1, "its worker killed before the request"],
  ["dies-after", 1, "its worker killed after it"],
  ["sleeps", 1, "its worker asleep for longer than a request may take: asks nobody"],
])("%s (%#): %s %s", async (mishap, calls) => {
  const world = new World();
  await run(world, [mishap]);
  expect(world.placed).toHaveLength(calls);
  expect(world.state).toBe("busy");
});

test("a worker that sleeps between intent and request, until another has found nothing and called, calls nobody", async () => {
  const world = new World();
  const telephony = carrier(world, [], 0);
  const [sleeper, other] = [workerOf(world, telephony), workerOf(world, telephony)];
  let hasSlept = false;
  setFaultHook(async (point) => {
    if (point !== "outbound.intent.after" || hasSlept) return;
    hasSlept = true;
    for (let step = 0; step < 100 && world.placed.length === 0; step += 1) {
      world.nowMs += 1000;
      await other.caller.runDue();
    }
  });
  await sleeper.caller.runDue();
  expect(hasSlept).toBe(true);
  expect(world.placed).toHaveLength(1);
});

test("whatever happens, in whatever order, nobody is called twice, and who can be called is", async () => {
  const mishap = fc.constantFrom<Mishap>(
    "none",
    "lost-answer",
    "lost-request",
    "throttled",
    "dies-before",
    "dies-after",
    "sleeps",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(mishap, { maxLength: 4 }),
      fc.integer({ min: 0, max: SETTLE_MS - 1000 }),
      async (mishaps, lateMs) => {
        const world = new World();
        await run(world, mishaps, lateMs);
        expect(world.placed.length, JSON.stringify(mishaps)).toBeLessThanOrEqual(1);
        expect(world.isOver, `${JSON.stringify(mishaps)} ${world.history.join(" ")}`).toBe(true);
        if (world.state === "busy") expect(world.placed).toHaveLength(1);
        else expect(world).toMatchObject({ state: "failed" });
      },
    ),
    { numRuns: 150 },
  );
});

test("what stands in the way for now is waited for; a consent that is over meanwhile ends it", async () => {
  const world = new World();
  world.isDiverted = true;
  const { caller } = workerOf(world, carrier(world, [], 0));
  await caller.runDue();
  expect(world).toMatchObject({ state: "scheduled", reason: "diverted" });
  world.isDiverted = false;
  world.nowMs += 6 * 60_000;
  await caller.runDue();
  expect(world.placed).toHaveLength(1);

  const late = new World();
  late.nowMs += 4 * 24 * HOUR_MS;
  await workerOf(late, carrier(late, [], 0)).caller.runDue();
  expect(late).toMatchObject({ state: "expired", reason: "consent-too-old" });
  expect(late.placed).toEqual([]);
});
