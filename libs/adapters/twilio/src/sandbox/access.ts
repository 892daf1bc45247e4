import type { SandboxRequest, SandboxWorld } from "@tandem/ports/sandbox";
import { TwilioProblem } from "./answer.ts";
import { type AccountRow, accounts, type KeyRow } from "./rows.ts";

/** Who asks: the auth token (null key) or one of the account's API keys. */
export interface Caller {
  readonly account: AccountRow;
  readonly key: KeyRow | null;
}

const refused = () => new TwilioProblem(401, 20003, "Authenticate");

/** Checks Basic credentials against the account named in the path. */
export function authenticate(request: SandboxRequest, accountSid: string, world: SandboxWorld): Caller {
  const [scheme, encoded = ""] = (request.headers["authorization"] ?? "").split(" ");
  const [username = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const password = rest.join(":");
  const account = accounts(world).get(accountSid);
  if (scheme !== "Basic" || account === undefined) throw refused();
  if (world.isRevoked(password) || world.isRevoked(username)) throw refused();
  if (account.status !== "active") throw new TwilioProblem(403, 20005, "Account is not active");
  if (username === account.sid && password === account.authToken) return { account, key: null };
  const key = account.keys.find((each) => each.sid === username && each.secret === password);
  if (key === undefined) throw refused();
  return { account, key };
}

/** Refuses what the key's type does not cover. `permission` is `<resource>:<action>`. */
export function requirePermission({ key }: Caller, permission: string): void {
  if (key === null || key.type === "main") return;
  if (key.type === "standard" && /^(accounts|keys):/.test(permission)) throw refused();
  if (key.type === "restricted" && !key.permissions.includes(permission))
    throw new TwilioProblem(403, 70051, `The API key does not have the permission ${permission}`);
}
