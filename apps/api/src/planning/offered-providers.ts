import { descriptors } from "@tandem/catalog";
import type { ProviderKinds } from "@tandem/domain/release";
import type { JsonObject } from "@tandem/kernel";
import type { AdapterDescriptor } from "@tandem/ports/adapter";

/** Every provider name that an installed vendor offers, with the kinds it can be. */
export const offeredProviders: ProviderKinds = Object.assign(
  {},
  ...Object.values(descriptors).map(({ providers }) => providers ?? {}),
) as ProviderKinds;

/**
 * The providers that one account can be. A vendor with several services keeps in `config.service` which one the account belongs to; an
 * account that names none of them (a compatible server of one's own) can stand for each.
 */
export function accountProviders({ providers = {} }: AdapterDescriptor, config: JsonObject): ProviderKinds {
  const { service } = config;
  const kinds = typeof service === "string" && Object.hasOwn(providers, service) ? providers[service] : undefined;
  return kinds === undefined || typeof service !== "string" ? providers : { [service]: kinds };
}
