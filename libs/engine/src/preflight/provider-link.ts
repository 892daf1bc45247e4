import { chainsOf, type Provider, type ProviderKind } from "@tandem/domain/manifest";
import type { BundleConnection, ReleaseBundle } from "@tandem/domain/release";
import { providerRole } from "@tandem/domain/tenant";
import type { ProviderChoice } from "@tandem/ports/provider";

/** One place in a chain that the agent uses, with the account behind it. */
export interface ProviderLink {
  readonly kind: ProviderKind;
  /** 0: the first choice. */
  readonly position: number;
  readonly provider: Provider;
  readonly connection: BundleConnection;
  /** `providers.stt[0]`. */
  readonly address: string;
}

/** Every place of the chains that the agent uses; what has no account is not among them (a release has none such). */
export const linksOf = (bundle: ReleaseBundle): ProviderLink[] =>
  chainsOf[bundle.agent.kind].flatMap((kind) =>
    bundle.providers[kind].flatMap((provider, position) => {
      const connection = bundle.connections[providerRole(provider.provider)];
      return connection === undefined
        ? []
        : [{ kind, position, provider, connection, address: `providers.${kind}[${position}]` }];
    }),
  );

/** The model that most turns use. */
export const routineModel = ({ model, lightModel }: Provider): string => lightModel ?? model;

/** A provider's settings as the ports take them. */
export const choiceOf = ({ provider }: ProviderLink, { agent }: ReleaseBundle): ProviderChoice => ({
  model: provider.model,
  voice: provider.voice ?? "",
  language: agent.language,
  settings: provider.settings,
});
