import { AppError, type Clock } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ProviderAccess, Providers } from "@tandem/ports/provider";
import type { Logger } from "@tandem/telemetry";
import type { Credentials } from "../credential/credentials.ts";
import type { Served } from "../pointer/served.ts";
import { roleConnection } from "../tool-host/call-redirects.ts";

/** A provider with the account that the release uses it through. */
export interface OpenedProvider {
  readonly vendor: string;
  readonly connectionId: string;
  readonly providers: Providers;
  readonly access: ProviderAccess;
}

/** Opens the account of a provider by its name in a chain. Rejects with `not_found` or `connection_unsealed`. */
export type OpenProvider = (provider: string) => Promise<OpenedProvider>;

export interface ProviderAccountsOptions {
  /** Vendor → what it brings to the audio thread. */
  readonly providers: ReadonlyMap<string, Providers>;
  readonly credentials: Credentials;
  readonly sandboxOrigins: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The accounts behind the chains of releases: opened while a call is being answered, so that the first frame finds them open. */
export class ProviderAccounts {
  readonly #options: ProviderAccountsOptions;

  constructor(options: ProviderAccountsOptions) {
    this.#options = options;
  }

  /** Opens every account of a release without being waited for. */
  prepare(served: Served, bundle: ReleaseBundle): void {
    for (const provider of providersOf(bundle))
      this.open(served, bundle, provider).catch((error: unknown) => {
        const { deploymentId } = served.deployment;
        this.#options.log.error({ err: error, deploymentId, provider }, "the account of a provider cannot be opened");
      });
  }

  async open(served: Served, bundle: ReleaseBundle, provider: string): Promise<OpenedProvider> {
    const { tenantId, connectionId, served: connection } = roleConnection(served, bundle, `provider.${provider}`);
    const { credentials, sandboxOrigins, clock } = this.#options;
    const providers = this.#options.providers.get(connection.vendor);
    if (providers === undefined)
      throw new AppError("not_found", `${connection.vendor} brings no provider to calls`, { details: { provider } });
    const secrets = await credentials.current(tenantId, connectionId, connection);
    const baseUrl = connection.endpoint === "sandbox" ? originOf(sandboxOrigins, connection.vendor) : null;
    return {
      vendor: connection.vendor,
      connectionId,
      providers,
      access: { config: connection.config, secrets, baseUrl, clock },
    };
  }
}

/** Every provider that the chains of a release name, once. */
export const providersOf = ({ providers: { stt, llm, tts } }: ReleaseBundle): readonly string[] => [
  ...new Set([...stt, ...llm, ...tts].map(({ provider }) => provider)),
];

function originOf(origins: Readonly<Record<string, string>>, vendor: string): string {
  const origin = origins[vendor];
  if (origin === undefined) throw new AppError("config_invalid", `no sandbox origin is configured for ${vendor}`);
  return origin;
}
