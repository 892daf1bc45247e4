import { stackOfProvider } from "@tandem/domain/incident";
import { estimatedMos, type LatencyParts, type TurnRecord } from "@tandem/domain/session";
import { LabelCap, type Labels, MetricSet } from "@tandem/telemetry";
import { metricCatalog } from "../telemetry/metric-catalog.ts";

type Counters = keyof typeof metricCatalog.counters;
type Gauges = keyof typeof metricCatalog.gauges;

/** Whose figures they are. */
export interface MeasuredCall {
  readonly tenantId: string;
  readonly slot: string;
  readonly bundleHash: string;
}

/** What a conversation came to, as far as metrics tell it. */
export interface ConversationEnd {
  readonly channel: string;
  readonly end: string;
  readonly lossRatio: number;
  /** Mean one-way delay to the caller; null when nothing was heard. */
  readonly delayMs: number | null;
  readonly breakersOpened: number;
  readonly silences: number;
  readonly encodingMismatches: number;
  readonly speculationsKept: number;
  readonly speculationsDiscarded: number;
  readonly spokenCharacters: number;
}

/** Tenants × slots × releases that have series of their own; the rest share one. */
const MOST_OWN_SERIES = 60;
/** From here on loss and estimated quality count as an incident of the audio stack. */
const BAD_LOSS_RATIO = 0.05;
const BAD_MOS = 3;
const SHORT_HASH = 12;
/** The stack in which a failing provider is looked for. */
const STACK_OF: Readonly<Record<string, string>> = stackOfProvider;

/** Counts and times of this node, for Prometheus. Every counter of the service is kept here and nowhere else; none is touched per audio frame. */
export class Metrics {
  readonly #set = new MetricSet("tandem_media", metricCatalog);
  readonly #owners = new LabelCap(MOST_OWN_SERIES);
  readonly #region: string;

  constructor(region = "local") {
    this.#region = region;
  }

  get contentType(): string {
    return this.#set.contentType;
  }

  reply(pattern: string, status: number, durationMs: number): void {
    this.#set.count("requests", { route: pattern, status: String(status) });
    this.#set.observe("request_seconds", durationMs / 1000, { route: pattern });
  }

  count(name: Counters, labels: Labels = {}, by = 1): void {
    this.#set.count(name, labels, by);
  }

  /** What was counted under a name, all labels together. */
  counted(name: Counters): number {
    return this.#set.counted(name);
  }

  turn({ tenantId, slot, bundleHash }: MeasuredCall, record: TurnRecord): void {
    const { wasSpeculative, wasInterrupted, callerLevelDb, latency, source } = record;
    this.count("turns", { speculative: String(wasSpeculative), interrupted: String(wasInterrupted) });
    if (callerLevelDb !== null) this.#set.observe("caller_level_db", callerLevelDb);
    if (latency === null || record.turn === 0) return;
    const [tenant, shownSlot, release] = this.#owners.of(tenantId, slot, bundleHash.slice(0, SHORT_HASH));
    const owner = { source, tenant, slot: shownSlot, release, region: this.#region };
    for (const [part, ms] of Object.entries(latency) as [keyof LatencyParts, number][])
      this.#set.observe("response_seconds", ms / 1000, { component: part.replace(/Ms$/, ""), ...owner });
  }

  providerFailed(facts: { readonly kind: string; readonly provider: string; readonly fault: string }): void {
    this.count("provider_failures", facts);
    this.#incident(STACK_OF[facts.kind] ?? "intelligence", `${facts.kind}-${facts.fault}`);
  }

  /** The channel is over: its faults, each counted once per conversation. */
  conversationEnded(call: ConversationEnd): void {
    const { channel, end, lossRatio, delayMs } = call;
    this.count("conversations_ended", { channel, end });
    if (end === "lost") this.#fault("crash", "telephony");
    if (call.breakersOpened > 0) this.#fault("breaker-open", null);
    if (call.silences > 0) this.#fault("freeze", "output");
    if (call.encodingMismatches > 0) this.#fault("encoding-mismatch", "audio");
    this.count("silences", {}, call.silences);
    this.count("encoding_mismatches", {}, call.encodingMismatches);
    this.count("speculations", { outcome: "kept" }, call.speculationsKept);
    this.count("speculations", { outcome: "discarded" }, call.speculationsDiscarded);
    this.count("spoken_characters", {}, call.spokenCharacters);
    if (channel !== "stream") return;
    this.#set.observe("lost_frames_ratio", lossRatio);
    if (lossRatio > BAD_LOSS_RATIO) this.#incident("audio", "loss");
    if (delayMs === null) return;
    const mos = estimatedMos({ lossRatio, oneWayDelayMs: delayMs, jitterMs: 0 });
    this.#set.observe("mos", mos);
    if (mos < BAD_MOS) this.#incident("audio", "quality");
  }

  /** The whole text, with the gauges of the moment. */
  text(gauges: Readonly<Record<Gauges, number>>): Promise<string> {
    for (const [name, value] of Object.entries(gauges) as [Gauges, number][]) this.#set.set(name, value);
    return this.#set.text();
  }

  #fault(fault: string, stack: string | null): void {
    this.count("conversation_faults", { fault });
    if (stack !== null) this.#incident(stack, fault);
  }

  #incident(stack: string, fault: string): void {
    this.count("incidents", { stack, fault });
  }
}
