import type { Provider, ProviderChains } from "../manifest/index.ts";
import type { CallFigures, ProviderUsage } from "./call-figures.ts";
import type { PriceList } from "./price.ts";

/** The release's part in a cost: which models stand behind the provider names, and who carries and hosts. */
export interface CostBasis {
  readonly providers: ProviderChains;
  /** Vendor of the telephony account. */
  readonly carrier: string;
  /** Vendor that hosts the agent; null for our own engine. */
  readonly hostedBy: string | null;
}

/** What a call cost, micros of a US dollar. */
export interface CallCost {
  /** Sum of what has a price. */
  readonly costMicros: number;
  /** What was used and has no known price, e.g. `tts acme/voice-1`; empty when the cost is whole. */
  readonly unknown: readonly string[];
}

/** One provider's part of a cost; `micros` is null where it has no known price. */
export interface CostPart {
  readonly micros: number | null;
  /** `carrier twilio`, `tts cartesia/sonic-3` … */
  readonly what: string;
}

type Part = CostPart;

/** Adds up what a call used at the list's prices. Carriers bill whole minutes. */
export function callCost(call: CallFigures, basis: CostBasis, prices: PriceList): CallCost {
  const parts = costParts(call, basis, prices);
  return {
    costMicros: Math.round(parts.reduce((sum, { micros }) => sum + (micros ?? 0), 0)),
    unknown: [...new Set(parts.filter(({ micros }) => micros === null).map(({ what }) => what))].sort(),
  };
}

/** What a call's cost is made of. */
export function costParts(call: CallFigures, basis: CostBasis, prices: PriceList): CostPart[] {
  const parts = [...carrierParts(call, basis, prices), ...call.usage.flatMap((used) => partsOf(used, basis, prices))];
  if (call.isHosted && basis.hostedBy !== null) {
    const price = prices.find("agent", basis.hostedBy, "*");
    parts.push({ micros: byMinute(price, call.agentSeconds / 60), what: `agent ${basis.hostedBy}` });
  }
  return parts;
}

const byMinute = (price: { readonly microsPerMinute: number } | null, minutes: number): number | null =>
  price === null ? null : price.microsPerMinute * minutes;

function carrierParts(call: CallFigures, { carrier }: CostBasis, prices: PriceList): Part[] {
  const minutes = Math.ceil((call.seconds ?? 0) / 60);
  const parts = [{ micros: byMinute(prices.find("carrier", carrier, "inbound"), minutes), what: `carrier ${carrier}` }];
  if (call.isHosted || call.agentSeconds === 0) return parts;
  const stream = prices.find("carrier", carrier, "media-stream");
  return [...parts, { micros: byMinute(stream, call.agentSeconds / 60), what: `carrier ${carrier}/media-stream` }];
}

function partsOf(used: ProviderUsage, { providers }: CostBasis, prices: PriceList): Part[] {
  const model = used.provider === null ? null : modelOf(providers[used.kind], used.provider, used.model);
  if (used.provider === null || model === null) return [{ micros: null, what: `${used.kind} ${used.provider ?? "?"}` }];
  const what = `${used.kind} ${used.provider}/${model.model}`;
  switch (used.kind) {
    case "stt":
      return [{ micros: byMinute(prices.find("stt", used.provider, model.model), used.seconds / 60), what }];
    case "tts": {
      const price = prices.find("tts", used.provider, model.model);
      return [
        { micros: price === null ? null : (price.microsPerMillionCharacters * used.characters) / 1_000_000, what },
      ];
    }
    case "llm":
      return tokenParts(used, used.provider, model, prices);
  }
}

/** What served, as the chain has it. Old records tell the provider only: the first model that the chain has of it stands for it. */
const modelOf = (chain: readonly Provider[], name: string, model: string | null): Provider | null =>
  chain.find((each) => each.provider === name && (model === null || each.model === model)) ?? null;

function tokenParts(used: ProviderUsage, provider: string, { model, lightModel }: Provider, prices: PriceList): Part[] {
  const { tokens, lightTokens } = used;
  const full = { input: tokens.input - lightTokens.input, output: tokens.output - lightTokens.output };
  return [
    ...tokenPart(full, provider, model, prices),
    ...tokenPart(lightTokens, provider, lightModel ?? model, prices),
  ];
}

function tokenPart(tokens: ProviderUsage["tokens"], provider: string, model: string, prices: PriceList): Part[] {
  if (tokens.input <= 0 && tokens.output <= 0) return [];
  const price = prices.find("llm", provider, model);
  const what = `llm ${provider}/${model}`;
  if (price === null) return [{ micros: null, what }];
  const micros =
    (price.microsPerMillionInput * tokens.input + price.microsPerMillionOutput * tokens.output) / 1_000_000;
  return [{ micros, what }];
}
