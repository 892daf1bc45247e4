import { providerVoice, toneVoice, type Voice } from "@tandem/caller";
import type { Provider } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { providerRole } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type { ProviderChoice } from "@tandem/ports/provider";
import type { IngressProbeOptions } from "./trial-signer.ts";

/** Callers of smoke tests talk fast: the slot is waited for. */
const CALLER_MS_PER_CHARACTER = 30;

/**
 * How the caller of a release speaks and hears: readable tones where its providers are emulated, else the release's own first voice and
 * recogniser on the tenant's accounts. Throws `not_found` when there is no account, `invalid_input` when one is emulated and the other real.
 */
export async function voiceFor(options: IngressProbeOptions, tenantId: string, bundle: ReleaseBundle): Promise<Voice> {
  const [stt, tts] = [bundle.providers.stt[0], bundle.providers.tts[0]];
  if (stt === undefined || tts === undefined) throw new AppError("not_found", "The release has no voice");
  const [ear, mouth] = [connectionOf(bundle, stt), connectionOf(bundle, tts)];
  const [hears, speaks] = await Promise.all([ear, mouth].map((id) => options.loadCredential(tenantId, id)));
  if (hears?.endpoint === "sandbox" && speaks?.endpoint === "sandbox")
    return toneVoice({ msPerCharacter: CALLER_MS_PER_CHARACTER });
  if (hears?.endpoint !== speaks?.endpoint)
    throw new AppError(
      "invalid_input",
      "One of recogniser and voice is emulated and the other is not: no caller can talk with such a release",
    );
  const [account, voice] = await Promise.all([ear, mouth].map((id) => options.vendors.providers(tenantId, id)));
  const [listen, speak] = [account?.providers.stt, voice?.providers.tts];
  if (account === undefined || voice === undefined || listen === undefined || speak === undefined)
    throw new AppError("not_found", "The release's first providers offer no recogniser or no voice");
  return providerVoice({
    tts: { account: speak(voice.access), choice: choiceOf(tts, bundle) },
    stt: { account: listen(account.access), choice: choiceOf(stt, bundle) },
  });
}

function connectionOf(bundle: ReleaseBundle, { provider }: Provider): string {
  const connection = bundle.connections[providerRole(provider)];
  if (connection === undefined) throw new AppError("not_found", `The release has no account at ${provider}`);
  return connection.connectionId;
}

const choiceOf = ({ model, voice, settings }: Provider, { agent }: ReleaseBundle): ProviderChoice => ({
  model,
  voice: voice ?? "",
  language: agent.language,
  settings,
});
