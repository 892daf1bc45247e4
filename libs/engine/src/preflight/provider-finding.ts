import { chainsOf, type ProviderKind } from "@tandem/domain/manifest";
import { type Finding, latencyEstimate, type ProviderTiming } from "@tandem/domain/plan";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ProviderFailure } from "@tandem/ports/provider";
import { finding } from "./finding.ts";
import type { ProviderLink } from "./provider-link.ts";
import { LASTING } from "./provider-probe.ts";

/** A provider that gave no answer: whether that stops the release depends on why, and on who takes over. */
export function failureFinding({ position, provider, address }: ProviderLink, failure: ProviderFailure): Finding {
  const detail = `${provider.provider} ${provider.model}: ${failure.message}`;
  if (LASTING.has(failure.fault)) return finding("provider-refused", address, detail);
  return finding(position === 0 ? "vendor-unreachable" : "provider-silent", address, detail);
}

/** Chains in which nothing, or nobody else, takes over. */
export function chainFindings({ agent, providers }: ReleaseBundle): Finding[] {
  return chainsOf[agent.kind].flatMap((kind) => {
    const chain = providers[kind];
    const names = new Set(chain.map(({ provider }) => provider));
    if (names.size > 1) return [];
    const models = new Set(chain.map(({ model, voice }) => `${model} ${voice ?? ""}`));
    const code = models.size > 1 ? "chain-on-one-account" : "chain-without-fallback";
    return [finding(code, `providers.${kind}`, [...names].join(", "))];
  });
}

const TARGETS: Readonly<Record<ProviderKind, "sttMs" | "llmFirstTokenMs" | "ttsFirstAudioMs">> = {
  stt: "sttMs",
  llm: "llmFirstTokenMs",
  tts: "ttsFirstAudioMs",
};

/** Parts and whole against the release's targets. A first choice beyond twice its target stops production. */
export function turnFindings(timings: readonly ProviderTiming[], bundle: ReleaseBundle): Finding[] {
  const parts = timings.flatMap((timing) => {
    const targetMs = bundle.latency[TARGETS[timing.kind]];
    if (timing.p95Ms <= targetMs) return [];
    const isHopeless =
      timing.position === 0 && timing.p95Ms > 2 * targetMs && bundle.deployment.environment === "production";
    const detail = `${timing.provider} ${timing.model}: p95 ${timing.p95Ms} ms, target ${targetMs} ms`;
    return [
      finding(
        isHopeless ? "provider-too-slow" : "provider-slow",
        `providers.${timing.kind}[${timing.position}]`,
        detail,
      ),
    ];
  });
  const endToEnd = latencyEstimate([{ timings }], bundle)?.endToEnd;
  if (endToEnd === null || endToEnd === undefined) return parts;
  const met = endToEnd.isSpeculative ? endToEnd.speculative : endToEnd.plain;
  return met.p95Ms <= endToEnd.targetMs
    ? parts
    : [...parts, finding("turn-slow", "latency.endToEndMs", `p95 ${met.p95Ms} ms, target ${endToEnd.targetMs} ms`)];
}
