import type { ConnectionContext, OpenConnection } from "@tandem/ports/adapter";
import { Secret, VendorError } from "@tandem/kernel";
import { vendorCalls } from "@tandem/ports/vendor-call";
import type { VendorResources } from "@tandem/ports/vendor-resources";
import { getJson } from "./client.ts";
import { readFailure } from "./errors.ts";
import { VoiceList } from "./wire.ts";

/** Cartesia as the control plane sees it: a credential that can be tried, and nothing to deploy. */
export function openAccount({ secrets, baseUrl, clock, deadlineMs }: ConnectionContext): OpenConnection {
  const apiKey = secrets["apiKey"] ?? new Secret("");
  const calls = vendorCalls({ vendor: "cartesia", clock, deadlineMs, readFailure, hidden: () => [apiKey.reveal()] });
  return {
    resources: noResources,
    account: {
      probe: () =>
        calls.run("probe", async ({ read }) => {
          await read(async (signal) => VoiceList.parse(await getJson({ apiKey, baseUrl }, "/voices?limit=1", signal)));
          return { account: "Cartesia", grantedScopes: null, expiresAt: null, status: "active" };
        }),
    },
    close: () => Promise.resolve(),
  };
}

const refuse = (operation: string): Promise<never> =>
  Promise.reject(
    new VendorError(`cartesia ${operation}: there is nothing to deploy at this vendor`, {
      vendor: "cartesia",
      operation,
      fault: "invalid",
      effect: "none",
    }),
  );

const noResources: VendorResources = {
  read: (kind) => refuse(`read ${kind}`),
  findByKey: (kind) => refuse(`find ${kind}`),
  write: (verb, { kind }) => refuse(`${verb} ${kind}`),
  reached: () => false,
};
