import type { ConnectionContext, OpenConnection } from "@tandem/ports/adapter";
import { Secret } from "@tandem/kernel";
import { nothingDeployed } from "@tandem/ports/nothing-deployed";
import { vendorCalls } from "@tandem/ports/vendor-call";
import { everyVoice } from "@tandem/ports/voices";
import { getJson } from "./client.ts";
import { readFailure } from "./errors.ts";
import { VoiceList, voicePage } from "./wire.ts";

/** Cartesia as the control plane sees it: a credential that can be tried, and nothing to deploy. */
export function openAccount({ secrets, baseUrl, clock, deadlineMs }: ConnectionContext): OpenConnection {
  const apiKey = secrets["apiKey"] ?? new Secret("");
  const calls = vendorCalls({ vendor: "cartesia", clock, deadlineMs, readFailure, hidden: () => [apiKey.reveal()] });
  return {
    resources: nothingDeployed("cartesia"),
    account: {
      probe: () =>
        calls.run("probe", async ({ read }) => {
          await read(async (signal) => VoiceList.parse(await getJson({ apiKey, baseUrl }, "/voices?limit=1", signal)));
          return { account: "Cartesia", grantedScopes: null, expiresAt: null, status: "active" };
        }),
    },
    voices: {
      list: () =>
        calls.run("list voices", ({ read }) =>
          everyVoice((after) =>
            read(async (signal) => {
              const query = new URLSearchParams({ limit: "100", ...(after === null ? {} : { starting_after: after }) });
              return voicePage(await getJson({ apiKey, baseUrl }, `/voices?${query}`, signal));
            }),
          ),
        ),
    },
    close: () => Promise.resolve(),
  };
}
