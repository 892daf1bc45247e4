import { Secret } from "@tandem/kernel";
import type { ConnectionContext, OpenConnection } from "@tandem/ports/adapter";
import type { CredentialProbe } from "@tandem/ports/probe";
import { nothingDeployed } from "@tandem/ports/nothing-deployed";
import { vendorCalls } from "@tandem/ports/vendor-call";
import { everyVoice } from "@tandem/ports/voices";
import { getJson } from "./client.ts";
import { readFailure } from "./errors.ts";
import { voicePage } from "./voice-page.ts";
import { Subscription } from "./wire.ts";

const STATUS: Readonly<Record<string, CredentialProbe["status"]>> = {
  active: "active",
  trialing: "trial",
  free: "active",
  past_due: "unpaid",
  unpaid: "unpaid",
  incomplete: "unpaid",
  free_disabled: "suspended",
  canceled: "closed",
  incomplete_expired: "closed",
};

/** ElevenLabs as the control plane sees it: a credential that can be tried, and nothing to deploy. */
export function openAccount({ secrets, baseUrl, clock, deadlineMs }: ConnectionContext): OpenConnection {
  const apiKey = secrets["apiKey"] ?? new Secret("");
  const calls = vendorCalls({ vendor: "elevenlabs", clock, deadlineMs, readFailure, hidden: () => [apiKey.reveal()] });
  return {
    resources: nothingDeployed("elevenlabs"),
    account: {
      probe: () =>
        calls.run("probe", async ({ read }) => {
          const { tier, status } = await read(async (signal) =>
            Subscription.parse(await getJson({ apiKey, baseUrl }, "/v1/user/subscription", signal)),
          );
          return {
            account: `ElevenLabs, plan ${tier}`,
            grantedScopes: null,
            expiresAt: null,
            status: STATUS[status ?? ""] ?? "unknown",
          };
        }),
    },
    voices: {
      list: () =>
        calls.run("list voices", ({ read }) =>
          everyVoice((token) =>
            read(async (signal) => {
              const query = new URLSearchParams({
                page_size: "100",
                include_total_count: "false",
                ...(token === null ? {} : { next_page_token: token }),
              });
              return voicePage(await getJson({ apiKey, baseUrl }, `/v2/voices?${query}`, signal));
            }),
          ),
        ),
    },
    close: () => Promise.resolve(),
  };
}
