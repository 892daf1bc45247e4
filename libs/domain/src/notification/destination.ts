import { isAddress, isLoopbackAddress, isPublicAddress } from "./public-address.ts";

/** Which destinations an installation accepts. */
export interface DestinationRules {
  /** Host names of our own, lower case: nothing is sent there. */
  readonly ownHosts: readonly string[];
  /** Development: plain http, and any port, on this machine's loopback addresses. */
  readonly allowsLoopback: boolean;
}

/** Where a message may be sent. `host` is a name to resolve, or an address without brackets. */
export interface Destination {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly isTls: boolean;
}

export type DestinationVerdict =
  | { readonly kind: "accepted"; readonly destination: Destination }
  | { readonly kind: "refused"; readonly reason: DestinationRefusal; readonly text: string };

const LONGEST_URL = 2_048;
/** Visible ASCII without the backslash, which URLs take for a slash. Names in other scripts are given as they are resolved (`xn--…`). */
const PLAIN = /^[!-[\]-~]+$/;
const OPEN_PORTS: ReadonlySet<number> = new Set([443, 8443]);

/** Why a URL is not sent to. */
export const destinationRefusals = {
  "not-a-url": "It is not an absolute URL of at most 2048 plain characters.",
  "not-https": "Only https is sent to.",
  "has-credentials": "A URL with a user name or password in it is not sent to.",
  "closed-port": "Only the ports 443 and 8443 are sent to.",
  "not-public": "The address is not one that the public internet reaches.",
  "own-host": "The address is one of this installation.",
  "no-domain": "The host is no full domain name.",
} as const;
export type DestinationRefusal = keyof typeof destinationRefusals;

/**
 * Reads a URL that a tenant gave. A name passes here and is judged again by what it resolves to, by `mayConnect`: both are needed. What
 * the URL standard rewrites (octal, hexadecimal and short addresses, full-width digits) is judged as rewritten.
 */
export function readDestination(text: string, rules: DestinationRules): DestinationVerdict {
  const url = parse(text);
  if (url === null) return refuse("not-a-url");
  if (url.username !== "" || url.password !== "") return refuse("has-credentials");
  const destination = destinationOf(url);
  const { host, port, isTls } = destination;
  if (rules.allowsLoopback && (isLoopbackAddress(host) || host === "localhost"))
    return { kind: "accepted", destination };
  if (!isTls) return refuse("not-https");
  if (!OPEN_PORTS.has(port)) return refuse("closed-port");
  if (isOwn(host, rules)) return refuse("own-host");
  if (isAddress(host)) return isPublicAddress(host) ? { kind: "accepted", destination } : refuse("not-public");
  if (!/^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\.?$/.test(host)) return refuse("no-domain");
  return /(^|\.)(localhost|local|internal|lan|home|arpa|onion|test|invalid|example)\.?$/.test(host)
    ? refuse("not-public")
    : { kind: "accepted", destination };
}

/** Whether every address that a name resolved to may be connected to; an empty list may not. */
export function mayConnect(addresses: readonly string[], destination: Destination, rules: DestinationRules): boolean {
  if (addresses.length === 0) return false;
  const isLocal = rules.allowsLoopback && (destination.host === "localhost" || isLoopbackAddress(destination.host));
  return addresses.every((address) => (isLocal ? isLoopbackAddress(address) : isPublicAddress(address)));
}

function parse(text: string): URL | null {
  if (text.length > LONGEST_URL || !PLAIN.test(text)) return null;
  const url = URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "" ? url : null;
}

function destinationOf(url: URL): Destination {
  const isTls = url.protocol === "https:";
  return {
    url: url.href,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    isTls,
  };
}

const isOwn = (host: string, { ownHosts }: DestinationRules): boolean => {
  const name = host.replace(/\.$/, "");
  return ownHosts.some((own) => name === own || name.endsWith(`.${own}`));
};

const refuse = (reason: DestinationRefusal): DestinationVerdict => ({
  kind: "refused",
  reason,
  text: destinationRefusals[reason],
});
