import type { VoiceAgent } from "@tandem/ports/voice-agent";
import { once } from "./client.ts";
import { heldNumbers } from "./held-numbers.ts";
import { ConcurrencyAnswer, IdentityAnswer } from "./wire.ts";
import type { RetellWorkspace } from "./workspace.ts";

/** A Retell workspace as the place where agents run. */
export const openVoiceAgent = ({ sdk, calls, clock }: RetellWorkspace): VoiceAgent => ({
  heldNumbers: heldNumbers({ sdk, calls, clock }),
  probe: () =>
    calls.run("probe", (requests) =>
      requests.read(async (signal) => {
        const { org_name, api_key_name } = IdentityAnswer.parse(await sdk.identity.retrieve(once(signal)));
        const account = `${org_name} (key ${api_key_name ?? "without a name"})`;
        return { account, grantedScopes: null, expiresAt: null, status: "active" };
      }),
    ),
  concurrency: () =>
    calls.run("concurrency", (requests) =>
      requests.read(async (signal) => {
        const answer = ConcurrencyAnswer.parse(await sdk.concurrency.retrieve(once(signal)));
        return { current: answer.current_concurrency, limit: answer.concurrency_limit ?? null };
      }),
    ),
});
