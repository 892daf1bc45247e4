import type { ApiConfig } from "@tandem/config";
import { isLocal } from "./public-origin.ts";

type Address = Pick<ApiConfig, "apiUrl" | "port">;

/** The session itself, and what a browser keeps between leaving for the provider and coming back. */
export type CookieName = "session" | "sign-in";

/** `__Host-` binds a cookie to this host, path / and https; in the clear on one's own machine browsers would not keep it. */
const fullName = (config: Address, name: CookieName): string => `${isLocal(config) ? "" : "__Host-"}tandem-${name}`;

/** The value that a request brings; null when there is none, or more than one. */
export function readCookie(config: Address, header: string | undefined, name: CookieName): string | null {
  const wanted = `${fullName(config, name)}=`;
  const found = (header ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(wanted));
  return found.length === 1 ? (found[0]?.slice(wanted.length) ?? null) : null;
}

/** A `set-cookie` line; an empty value takes the cookie away. */
export function writeCookie(config: Address, name: CookieName, value: string, seconds: number): string {
  const parts = [
    `${fullName(config, name)}=${value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Max-Age=${value === "" ? 0 : seconds}`,
    ...(isLocal(config) ? [] : ["Secure"]),
  ];
  return parts.join("; ");
}
