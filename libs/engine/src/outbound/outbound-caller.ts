import { decideOutbound, outcomeOf, type OutboundRefusal } from "@tandem/domain/outbound";
import { type Clock, fault, VendorError } from "@tandem/kernel";
import type { ClaimedOutboundCall, OutboundOutlook, OutboundWork } from "@tandem/ports/store/outbound";
import type { PlacedCall, Telephony } from "@tandem/ports/telephony";
import type { Vendors } from "@tandem/ports/vendors";
import type { EngineLog } from "../context.ts";
import { type CallAddress, callWish } from "./call-wish.ts";

export interface OutboundCallerOptions extends CallAddress {
  readonly work: OutboundWork;
  readonly vendors: Pick<Vendors, "open">;
  readonly clock: Clock;
  readonly workerId: string;
  /** Total deadline of one vendor call, milliseconds. */
  readonly callDeadlineMs: number;
  /** A carrier that lists no such call this long after it was asked was never reached, milliseconds. */
  readonly settleMs: number;
  /** How often a call is asked for while its outcome is open, milliseconds. */
  readonly pollMs: number;
  /** Pause after a failure of the carrier; it doubles with each further one, up to a minute. Milliseconds. */
  readonly backoffMs: number;
  readonly log: EngineLog;
}

const AT_ONCE = 10;
/** How often a carrier that provably placed no call is asked again. */
const MOST_TRIES = 5;
/** Looked at again after so long when what stands in the way may pass, milliseconds. */
const POSTPONE_MS = 5 * 60_000;
/** After this long an open outcome is taken for what it looks like, milliseconds. */
const LONGEST_OPEN_MS = 15 * 60_000;
/** The carrier's clock and the database's may differ by so much. */
const CLOCK_SLACK_MS = 60_000;

/** What may be over before the consent is. */
const PASSING: ReadonlySet<OutboundRefusal> = new Set([
  "tenant-suspended",
  "not-attached",
  "diverted",
  "minutes-used-up",
]);

/**
 * Places calls that are due and finds out what they came to. The intent is written before the carrier is asked and the outcome after; with
 * the answer lost, or the worker, the carrier's own list says whether there is a call, so that nobody is called twice.
 */
export class OutboundCaller {
  readonly #options: OutboundCallerOptions;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;

  constructor(options: OutboundCallerOptions) {
    this.#options = options;
  }

  /** Works on everything that is due; asked for meanwhile, it looks once more. Never rejects. */
  runDue(): Promise<void> {
    this.#isAskedAgain = true;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(): Promise<void> {
    const { work, workerId, log } = this.#options;
    try {
      while (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        const claimed = await work.claimDue(workerId, AT_ONCE, this.#claimMs);
        await Promise.all(claimed.map((call) => this.#attend(call)));
        this.#isAskedAgain ||= claimed.length === AT_ONCE;
      }
    } catch (error) {
      log.error({ err: error }, "due calls cannot be read; they are looked for again");
    }
  }

  /** Long enough to begin a vendor call late and to wait for it to its deadline. */
  get #claimMs(): number {
    return 3 * this.#options.callDeadlineMs;
  }

  async #attend(call: ClaimedOutboundCall): Promise<void> {
    const { work, log } = this.#options;
    try {
      const outlook = await work.outlook(call);
      if (outlook === null) return;
      if (call.callId !== null) await this.#look(call, outlook);
      else if (call.intendedAt !== null) await this.#settle(call, outlook, call.intendedAt);
      else await this.#place(call, outlook);
    } catch (error) {
      log.warn({ err: error, outboundCallId: call.id }, "a call could not be worked on; it is taken up again");
      await work
        .change(call, { state: call.state, reason: codeOf(error), dueInMs: this.#pauseMs(call) })
        .catch((failure: unknown) => log.warn({ err: failure }, "its claim has to run out first"));
    }
  }

  async #place(call: ClaimedOutboundCall, outlook: OutboundOutlook): Promise<void> {
    const { work, clock, callDeadlineMs } = this.#options;
    const { nowMs } = outlook.situation;
    const decision = decideOutbound(outlook.situation);
    if (decision.kind === "refused") return this.#refused(call, decision.reason);
    if (decision.atMs > nowMs)
      return void (await work.change(call, { state: "scheduled", dueInMs: decision.atMs - nowMs }));
    const telephony = await this.#telephony(call, outlook);
    const wish = callWish(this.#options, call, outlook);
    await fault("outbound.intent.before");
    const beganMs = clock.monotonicMs();
    const intent = { is: "begins", claimMs: this.#claimMs } as const;
    if (!(await work.change(call, { state: "calling", intent }))) return;
    await fault("outbound.intent.after");
    // A process that slept so long asks nobody: another may already be looking for the call.
    if (clock.monotonicMs() - beganMs > callDeadlineMs) return;
    const placed = await telephony.placeCall(wish).catch((error: unknown) => this.#notPlaced(call, error));
    if (placed === null) return;
    await fault("outbound.outcome.before");
    await work.change(call, { state: "calling", callId: placed.callId, dueInMs: this.#options.pollMs });
  }

  async #refused(call: ClaimedOutboundCall, reason: OutboundRefusal): Promise<void> {
    const { work } = this.#options;
    if (PASSING.has(reason))
      return void (await work.change(call, { state: "scheduled", reason, dueInMs: POSTPONE_MS }));
    const isTooLate = reason === "consent-too-old" || reason === "no-calling-hours";
    await work.change(call, { state: isTooLate ? "expired" : "refused", reason });
  }

  /** Null: the carrier placed no call, or nobody knows whether it did. */
  async #notPlaced(call: ClaimedOutboundCall, error: unknown): Promise<null> {
    const { work, settleMs, log } = this.#options;
    const reason = codeOf(error);
    log.warn({ err: error, outboundCallId: call.id }, "the carrier did not confirm a call");
    const isOpen = !(error instanceof VendorError) || error.facts.effect !== "none";
    if (isOpen) await work.change(call, { state: "calling", reason, dueInMs: settleMs });
    else if (error.retryable && call.tries + 1 < MOST_TRIES)
      await work.change(call, { state: "queued", reason, intent: { is: "taken-back" }, dueInMs: this.#pauseMs(call) });
    else await work.change(call, { state: "failed", reason });
    return null;
  }

  /** The carrier may have been asked: its list tells. */
  async #settle(call: ClaimedOutboundCall, outlook: OutboundOutlook, intendedAt: string): Promise<void> {
    const { work, settleMs } = this.#options;
    const telephony = await this.#telephony(call, outlook);
    const sinceMs = Date.parse(intendedAt) - CLOCK_SLACK_MS;
    const [listed, others] = await Promise.all([
      telephony.placedCalls({ from: call.from, to: call.to, sinceMs }),
      work.otherCallIds(call),
    ]);
    const found = listed.find(({ callId }) => !others.includes(callId));
    if (found !== undefined) return this.#told(call, found);
    const leftMs = settleMs - (call.intendedMsAgo ?? 0);
    if (leftMs > 0) return void (await work.change(call, { state: "calling", dueInMs: leftMs }));
    if (call.tries >= MOST_TRIES) return void (await work.change(call, { state: "failed", reason: "not-placed" }));
    await work.change(call, { state: "queued", intent: { is: "taken-back" }, dueInMs: 0 });
    this.#isAskedAgain = true;
  }

  async #look(call: ClaimedOutboundCall, outlook: OutboundOutlook): Promise<void> {
    const { work } = this.#options;
    const telephony = await this.#telephony(call, outlook);
    const placed = await telephony.placedCall(call.callId ?? "");
    if (placed !== null) return this.#told(call, placed);
    const reason = "carrier-lost-call";
    await work.change(call, this.#isOverdue(call) ? { state: "failed", reason } : this.#stillOpen(call.callId ?? ""));
  }

  async #told(call: ClaimedOutboundCall, { callId, ...placed }: PlacedCall): Promise<void> {
    const { work } = this.#options;
    // Detection that never ends is answered by whoever talks.
    const isTalking = placed.status === "in-progress" && this.#isOverdue(call);
    const outcome = isTalking ? "connected" : outcomeOf(placed);
    if (outcome === null) await work.change(call, this.#stillOpen(callId));
    else await work.change(call, { state: outcome, callId });
  }

  #stillOpen = (callId: string) => ({ state: "calling", callId, dueInMs: this.#options.pollMs }) as const;

  #isOverdue = ({ intendedMsAgo }: ClaimedOutboundCall): boolean => (intendedMsAgo ?? 0) > LONGEST_OPEN_MS;

  #pauseMs = ({ tries }: ClaimedOutboundCall): number => Math.min(this.#options.backoffMs * 2 ** tries, 60_000);

  async #telephony(call: ClaimedOutboundCall, { situation, deployment }: OutboundOutlook): Promise<Telephony> {
    const connectionId =
      situation.bundle?.connections.telephony?.connectionId ?? deployment.connections.telephony ?? null;
    if (connectionId === null) throw new Error(`deployment ${call.deploymentId} has no carrier`);
    const { telephony } = await this.#options.vendors.open(call.tenantId, connectionId);
    if (telephony === undefined) throw new Error(`connection ${connectionId} is no carrier`);
    return telephony;
  }
}

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : "internal";
};
