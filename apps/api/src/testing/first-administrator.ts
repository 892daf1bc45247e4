import { instant, Secret } from "@tandem/kernel";
import { hashBearerToken, makeBearerToken } from "@tandem/secrets";
import { Browser } from "./browser.ts";
import type { RunningApi } from "./running-api.ts";

export const PASSWORD = "correct horse battery";

/** A first-run link's token, as `npm start` makes it. */
export async function firstRunToken(api: RunningApi): Promise<string | null> {
  const token = makeBearerToken();
  const hash = hashBearerToken(new Secret("pepper-for-tests"), "invitation", token);
  const made = await api.store.makeFirstRun(hash ?? "", instant(Date.now() + 3_600_000));
  return made === null ? null : token;
}

/** The first person, signed in. */
export async function firstAdministrator(api: RunningApi, email = "ada@example.org"): Promise<Browser> {
  const browser = new Browser(api);
  const token = await firstRunToken(api);
  const claimed = await browser.ask("POST", "/auth/claim", { token, email, name: "Ada", password: PASSWORD });
  if (claimed.status !== 204) throw new Error(JSON.stringify(claimed.body));
  return browser;
}

/** Somebody invited by an administrator's browser (to the platform without a tenant), signed in at a browser of their own. */
export async function invited(
  api: RunningApi,
  by: Browser,
  { email, roles, tenant }: { readonly email: string; readonly roles: readonly string[]; readonly tenant?: string },
): Promise<Browser> {
  const asked = tenant === undefined ? {} : { tenant };
  const made = await by.ask("POST", "/v1/invitations", { email, roles }, asked);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const browser = new Browser(api);
  const token = (made.body.invitationUrl as string).split("#")[1];
  const claimed = await browser.ask("POST", "/auth/claim", { token, name: email, password: PASSWORD });
  if (claimed.status !== 204) throw new Error(JSON.stringify(claimed.body));
  return browser;
}
