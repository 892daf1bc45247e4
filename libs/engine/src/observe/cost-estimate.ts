import {
  callCost,
  type CallFigures,
  type CostBasis,
  costParts,
  PriceList,
  priceTable,
  type ProviderUsage,
} from "@tandem/domain/kpi";
import type { CostEstimate } from "@tandem/domain/plan";
import { chainsOf, type ProviderKind } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";

/** A call as businesses have it: three minutes, a turn every fifteen seconds. */
const MINUTES = 3;
const TURNS = 12;
/** Of one turn: prompt with history and tools, an answer of two short sentences. */
const PROMPT_TOKENS = 1800;
const ANSWER_TOKENS = 60;
const ANSWER_CHARACTERS = 110;

const prices = new PriceList(priceTable);

/** What such a call would cost on a release's first choices; null without a telephony account. */
export function costEstimate(bundle: ReleaseBundle): CostEstimate | null {
  const carrier = bundle.connections.telephony?.vendor;
  if (carrier === undefined) return null;
  const { kind } = bundle.agent;
  const hostedBy = kind === "tandem" ? null : (bundle.connections.voiceAgent?.vendor ?? null);
  const call = typicalCall(bundle, hostedBy !== null);
  const basis = { providers: bundle.providers, carrier, hostedBy };
  const { costMicros, unknown } = callCost(call, basis, prices);
  const ownModel = kind === "retell-llm" ? [`the model of ${hostedBy ?? "the hosted agent"}`] : [];
  return {
    perCallMicros: costMicros,
    call: { minutes: MINUTES, turns: TURNS },
    unknown: [...unknown, ...ownModel],
    parts: pricedParts(call, basis),
  };
}

/** One entry per provider, the dearest first. */
function pricedParts(call: CallFigures, basis: CostBasis): NonNullable<CostEstimate["parts"]> {
  const sums = new Map<string, number>();
  for (const { what, micros } of costParts(call, basis, prices))
    if (micros !== null) sums.set(what, (sums.get(what) ?? 0) + micros);
  return [...sums]
    .map(([what, micros]) => ({ what, micros: Math.round(micros) }))
    .toSorted((left, right) => right.micros - left.micros || (left.what < right.what ? -1 : 1));
}

function typicalCall(bundle: ReleaseBundle, isHosted: boolean): CallFigures {
  const seconds = MINUTES * 60;
  return {
    sessionId: "",
    release: "",
    startedAtMs: 0,
    endedAtMs: seconds * 1000,
    disposition: "handled",
    caller: null,
    seconds,
    wasWithAgent: true,
    agentSeconds: seconds,
    isHosted,
    turns: TURNS,
    speculativeTurns: 0,
    breakersOpened: 0,
    freezes: 0,
    encodingMismatches: 0,
    usage: chainsOf[bundle.agent.kind].map((kind) => usageOf(bundle, kind, seconds)),
  };
}

/** What the first choice of a chain does in it; a light model takes every turn of a step that asks for no other. */
function usageOf({ providers, conversation }: ReleaseBundle, kind: ProviderKind, seconds: number): ProviderUsage {
  const [first] = providers[kind];
  const full = conversation.objectives.filter(({ tier }) => tier === "full").length;
  const lightRatio = first?.lightModel === undefined ? 0 : 1 - full / conversation.objectives.length;
  const tokens = (ratio: number) => ({
    input: kind === "llm" ? TURNS * PROMPT_TOKENS * ratio : 0,
    output: kind === "llm" ? TURNS * ANSWER_TOKENS * ratio : 0,
  });
  return {
    kind,
    provider: first?.provider ?? null,
    model: first?.model ?? null,
    seconds: kind === "stt" ? seconds : 0,
    tokens: tokens(1),
    lightTokens: tokens(lightRatio),
    characters: kind === "tts" ? TURNS * ANSWER_CHARACTERS : 0,
  };
}
