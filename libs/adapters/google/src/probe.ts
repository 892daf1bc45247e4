import { instant, VendorError } from "@tandem/kernel";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { GoogleClient, GoogleRequests } from "./client.ts";
import { scopeIncludes } from "./descriptor.ts";
import { WireCalendar } from "./wire.ts";

/** Gets a new access token, asks the vendor for its scopes, and for the account's own calendar, whose id is its e-mail address. */
export const probeGoogle = (client: GoogleClient): Promise<CredentialProbe> =>
  client.run("probe", async (requests) => {
    const { scopes, endsAtMs } = await requests.renew();
    const account = await readAccount(requests, client.credentialName);
    const expiresAt = endsAtMs === null ? null : instant(endsAtMs);
    return { account, grantedScopes: withIncluded(scopes), expiresAt, status: "active" };
  });

const readAccount = (requests: GoogleRequests, otherwise: string): Promise<string> =>
  requests
    .read(
      (api, options) => api.calendars.get({ calendarId: "primary" }, options),
      (data) => WireCalendar.parse(data).id,
    )
    .catch((error: unknown) => {
      if (error instanceof VendorError && ["forbidden", "not-found"].includes(error.facts.fault)) return otherwise;
      throw error;
    });

/** What was granted, with every narrower scope that it includes. */
export const withIncluded = (granted: readonly string[]): readonly string[] => [
  ...new Set(granted.flatMap((scope) => [scope, ...(scopeIncludes[scope] ?? [])])),
];
