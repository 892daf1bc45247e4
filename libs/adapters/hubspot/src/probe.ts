import { VendorError } from "@tandem/kernel";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { HubspotClient } from "./client.ts";
import { WireTokenInfo } from "./wire.ts";

/** Asks the vendor about the token itself. A token that it does not know is refused there with 404, which means the same as 401 elsewhere. */
export const probeHubspot = (client: HubspotClient): Promise<CredentialProbe> =>
  client
    .run("probe", (requests) =>
      requests.read(
        (api) => api.tokenInfo(),
        (answer) => WireTokenInfo.parse(answer),
      ),
    )
    .then(
      ({ hubId, scopes }) =>
        ({ account: `portal ${hubId}`, grantedScopes: scopes, expiresAt: null, status: "active" }) as const,
      (error: unknown) => {
        if (!(error instanceof VendorError) || error.facts.fault !== "not-found") throw error;
        throw new VendorError(error.message, { ...error.facts, fault: "unauthorized" });
      },
    );
