import type { Provider } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ProviderKind } from "@tandem/ports/adapter";
import type { Llm } from "@tandem/ports/llm";
import type { ProviderChoice, ProviderFailure } from "@tandem/ports/provider";
import type { Stt } from "@tandem/ports/stt";
import type { Tts } from "@tandem/ports/tts";
import type { OpenedProvider, OpenProvider } from "../call/provider-accounts.ts";
import type { CallFault } from "../pipeline/call-line.ts";
import type { Timers } from "../pipeline/timers.ts";
import { Breaker, type Breakers, type Probe } from "./breaker.ts";
import { llmOutage, sttOutage, ttsOutage } from "./outage.ts";
import { llmProbe, sttProbe, ttsProbe } from "./probes.ts";

export interface PortOf {
  readonly stt: Stt;
  readonly llm: Llm;
  readonly tts: Tts;
}

/** One provider of a chain, opened, with its own settings. */
export interface ChainLink<Kind extends ProviderKind> {
  readonly kind: Kind;
  readonly provider: string;
  readonly choice: ProviderChoice;
  /** LLM only: the model for routine turns; `choice.model` elsewhere. */
  readonly lightModel: string;
  readonly port: PortOf[Kind];
  readonly breaker: Breaker;
  readonly probe: Probe;
}

/** Told about what goes wrong in a chain. */
export interface ChainListener {
  failed(kind: ProviderKind, provider: string, failure: ProviderFailure): void;
  breakerOpened(kind: ProviderKind, provider: string): void;
}

/** What chains of a call are opened with. */
export interface ChainParts {
  readonly bundle: ReleaseBundle;
  readonly openProvider: OpenProvider;
  readonly faults: readonly CallFault[];
  readonly breakers: Breakers;
  readonly timers: Timers;
  readonly listener: ChainListener;
  /** Recorded speech for probes of recognisers; null when there is none yet. */
  readonly speech: () => Uint8Array | null;
}

/** What a chain failed for want of: a deadline, or every provider. */
export const missed = (message: string): ProviderFailure => ({ fault: "unavailable", message, retryAfterMs: null });

/** Opens the providers of one kind, in order. One whose account cannot be opened is told as failed and left out. Never rejects. */
export async function openChain<Kind extends ProviderKind>(
  kind: Kind,
  parts: ChainParts,
): Promise<readonly ChainLink<Kind>[]> {
  const providers = parts.bundle.providers[kind];
  const links = await Promise.all(providers.map((provider, index) => openLink(kind, provider, index === 0, parts)));
  return links.filter((link) => link !== null);
}

async function openLink<Kind extends ProviderKind>(
  kind: Kind,
  provider: Provider,
  isFirst: boolean,
  parts: ChainParts,
): Promise<ChainLink<Kind> | null> {
  try {
    const link = linkOf(kind, provider, isFirst, await parts.openProvider(provider.provider), parts);
    if (link !== null) return link;
  } catch {
    // told below like any other provider that cannot be used: the edge has logged why
  }
  parts.listener.failed(kind, provider.provider, missed("The account cannot be used."));
  return null;
}

function linkOf<Kind extends ProviderKind>(
  kind: Kind,
  provider: Provider,
  isFirst: boolean,
  { providers, access, connectionId }: OpenedProvider,
  parts: ChainParts,
): ChainLink<Kind> | null {
  const { bundle, faults, breakers, timers, speech } = parts;
  const open = providers[kind] as ((with_: typeof access) => PortOf[Kind]) | undefined;
  const hasOutage = isFirst && faults.includes(`${kind}-outage`);
  if (open === undefined) return null;
  const port = hasOutage ? outages[kind] : open(access);
  const { model, lightModel, voice, settings } = provider;
  const choice: ProviderChoice = { model, voice: voice ?? "", language: bundle.agent.language, settings };
  return {
    kind,
    provider: provider.provider,
    choice,
    lightModel: lightModel ?? model,
    port,
    // A scenario's outage is its own call's: other calls go on using the provider.
    breaker: hasOutage ? new Breaker(timers) : breakers.of(kind, provider.provider, connectionId),
    probe: probeOf(kind, port, choice, { timers, speech }),
  };
}

const outages: PortOf = { stt: sttOutage, llm: llmOutage, tts: ttsOutage };

function probeOf(
  kind: ProviderKind,
  port: PortOf[ProviderKind],
  choice: ProviderChoice,
  { timers, speech }: Pick<ChainParts, "timers" | "speech">,
): Probe {
  if (kind === "stt") return sttProbe(port as Stt, choice, timers, speech);
  return kind === "llm" ? llmProbe(port as Llm, choice, timers) : ttsProbe(port as Tts, choice, timers);
}

/** Tells a failure and counts it. */
export function countFailure<Kind extends ProviderKind>(
  link: ChainLink<Kind>,
  failure: ProviderFailure,
  listener: ChainListener,
): void {
  listener.failed(link.kind, link.provider, failure);
  if (link.breaker.failed(link.probe)) listener.breakerOpened(link.kind, link.provider);
}
