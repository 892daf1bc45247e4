import { AppError, counted } from "@tandem/kernel";
import { type Finding, percentile, type ProviderTiming } from "@tandem/domain/plan";
import { CARRIER_FORMAT } from "@tandem/ports/provider";
import type { ProviderAccount } from "@tandem/ports/vendors";
import type { Check, PreflightFacts } from "./check.ts";
import { chainFindings, failureFinding, turnFindings } from "./provider-finding.ts";
import { choiceOf, linksOf, type ProviderLink, routineModel } from "./provider-link.ts";
import { finding } from "./finding.ts";
import { probeLlm } from "./llm-probe.ts";
import type { ProbeOutcome, Sampling } from "./provider-probe.ts";
import { probeStt } from "./stt-probe.ts";
import { probeTts } from "./tts-probe.ts";
import { whileHolding } from "./while-holding.ts";

interface Probed {
  readonly link: ProviderLink;
  readonly outcome: ProbeOutcome;
}

/**
 * Every provider of the chains answers, with the model, voice and settings of the release, and fast enough for its targets. Recognisers
 * hear what the voices said a moment before.
 */
export const checkProviders: Check = async (facts) => {
  const { bundle } = facts;
  const findings = chainFindings(bundle);
  const opened = await openAccounts(facts, linksOf(bundle));
  findings.push(...opened.findings);
  if (opened.links.length === 0) return findings;
  const probes = await whileHolding(facts, () => probeAll(facts, opened.links));
  const timings: ProviderTiming[] = [];
  for (const { link, outcome } of probes) {
    if (!outcome.answered) findings.push(failureFinding(link, outcome.failure));
    else timings.push(timingOf(link, outcome));
  }
  return [...findings, ...measured(timings), ...turnFindings(timings, bundle)];
};

async function probeAll(facts: PreflightFacts, links: readonly OpenLink[]): Promise<Probed[]> {
  const ofKind = (kind: ProviderLink["kind"]): OpenLink[] => links.filter(({ link }) => link.kind === kind);
  const [models, voices] = await Promise.all([
    Promise.all(ofKind("llm").map((open) => probeModel(facts, open))),
    Promise.all(ofKind("tts").map((open) => probeVoice(facts, open))),
  ]);
  const speech = voices.find(({ audio }) => audio !== null)?.audio ?? null;
  const recognisers =
    speech === null ? [] : await Promise.all(ofKind("stt").map((open) => probeRecogniser(facts, open, speech)));
  return [...recognisers, ...models, ...voices];
}

interface OpenLink {
  readonly link: ProviderLink;
  readonly account: ProviderAccount;
}

/** Opens the account of each link once; those whose credential does not work have been told already. */
async function openAccounts(
  { observer, view, broken }: PreflightFacts,
  links: readonly ProviderLink[],
): Promise<{ links: OpenLink[]; findings: Finding[] }> {
  const findings: Finding[] = [];
  const opened: OpenLink[] = [];
  for (const link of links) {
    const { connectionId } = link.connection;
    if (broken.has(connectionId)) continue;
    try {
      const account = await observer.context.vendors.providers(view.deployment.tenantId, connectionId);
      opened.push({ link, account });
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === "internal") throw error;
      broken.add(connectionId);
      findings.push(finding("provider-refused", link.address, error.message));
    }
  }
  return { links: opened, findings };
}

async function probeModel({ observer, bundle }: PreflightFacts, { link, account }: OpenLink): Promise<Probed> {
  const { settings } = choiceOf(link, bundle);
  const open = account.providers.llm;
  const outcome =
    open === undefined
      ? unable(link)
      : await probeLlm(open(account.access), { model: routineModel(link.provider), settings }, sampling(observer, 4));
  return { link, outcome };
}

async function probeVoice(
  { observer, bundle }: PreflightFacts,
  { link, account }: OpenLink,
): Promise<Probed & { readonly audio: Uint8Array | null }> {
  const open = account.providers.tts;
  if (open === undefined) return { link, outcome: unable(link), audio: null };
  const options = { ...choiceOf(link, bundle), format: CARRIER_FORMAT };
  return { link, ...(await probeTts(open(account.access), options, sampling(observer, 1))) };
}

async function probeRecogniser(
  { observer, bundle }: PreflightFacts,
  { link, account }: OpenLink,
  speech: Uint8Array,
): Promise<Probed> {
  const open = account.providers.stt;
  if (open === undefined) return { link, outcome: unable(link) };
  const { endpointingMs } = bundle.agent;
  const options = { ...choiceOf(link, bundle), format: CARRIER_FORMAT, endpointingMs, keywords: [] };
  return { link, outcome: await probeStt(open(account.access), { options, speech }, sampling(observer, 6)) };
}

/** Recognisers hear the words at the speed of speech: only several at once are enough in time. */
const sampling = ({ context }: PreflightFacts["observer"], lanes: number): Sampling => ({
  clock: context.clock,
  samples: context.settings.providerSamples,
  lanes,
});

const unable = ({ kind, connection }: ProviderLink): ProbeOutcome => ({
  answered: false,
  failure: { fault: "invalid", message: `${connection.vendor} offers no ${kind}`, retryAfterMs: null },
});

function timingOf(
  { kind, position, provider }: ProviderLink,
  { firstMs, laterMs }: Extract<ProbeOutcome, { answered: true }>,
): ProviderTiming {
  const samples = laterMs.length === 0 ? [firstMs] : laterMs;
  return {
    kind,
    position,
    provider: provider.provider,
    model: kind === "llm" ? routineModel(provider) : provider.model,
    firstMs: Math.round(firstMs),
    p50Ms: Math.round(percentile(samples, 0.5)),
    p95Ms: Math.round(percentile(samples, 0.95)),
    samples: samples.length,
  };
}

/** One note for all of them; the figures of the fallbacks are in the plan. */
function measured(timings: readonly ProviderTiming[]): Finding[] {
  if (timings.length === 0) return [];
  const first = timings.filter(({ position }) => position === 0).map(({ kind, p50Ms }) => `${kind} ${p50Ms} ms`);
  const fewest = Math.min(...timings.map(({ samples }) => samples));
  const detail = `${counted(timings.length, "provider")}; first choices: ${first.join(", ") || "none of them"} (p50 of ${fewest} or more answers)`;
  return [{ ...finding("providers-measured", "providers", detail), timings }];
}
