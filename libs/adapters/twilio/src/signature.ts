import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * How long Twilio waits for our documents instead of its own 10–15 s: connect 1 s, read 3 s, 5 s in all, one retry of a
 * connection that fails. The fragment of voice and action URLs; never sent to the server. Whoever writes it on a voice URL must
 * write the same, or a signature over the URL with its fragment does not verify.
 */
export const connectionOverrides = "ct=1000&rt=3000&tt=5000&rc=1";

/** The URL with our connection overrides as its fragment; one that has a fragment keeps it. */
export const withOverrides = (url: string): string => (url.includes("#") ? url : `${url}#${connectionOverrides}`);

/** Name → values in order of appearance. */
export type FormParameters = ReadonlyMap<string, readonly string[]>;

/** Reads a form body; repeated names keep all values. */
export function readForm(body: string): FormParameters {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body)) parameters.set(name, [...(parameters.get(name) ?? []), value]);
  return parameters;
}

/** Twilio's signature of a request: base64 HMAC-SHA1 over the URL and every parameter, names sorted, repeated values unique and sorted. */
export function signatureOf(authToken: string, url: string, parameters: FormParameters): string {
  const names = [...parameters.keys()].sort();
  const text = names.map((name) =>
    [...new Set(parameters.get(name))]
      .sort()
      .map((value) => name + value)
      .join(""),
  );
  return createHmac("sha1", authToken)
    .update(url + text.join(""), "utf8")
    .digest("base64");
}

/** A request whose signature is to be checked. */
export interface SignedRequest {
  /** As configured at Twilio and asked for, with query. */
  readonly url: string;
  readonly signature: string;
  readonly body: string;
}

/**
 * True when one of the tokens made the signature. Twilio signs with or without the default port and with or without the fragment
 * of connection overrides; a JSON body is bound by its hash in the query.
 */
export function isSigned(request: SignedRequest, authTokens: readonly string[]): boolean {
  const bodyHash = new URL(request.url).searchParams.get("bodySHA256");
  if (
    bodyHash !== null &&
    !isEqual(createHash("sha256").update(request.body, "utf8").digest("hex"), bodyHash.toLowerCase())
  )
    return false;
  const parameters = bodyHash === null ? readForm(request.body) : new Map<string, readonly string[]>();
  let isMade = false;
  for (const token of authTokens.filter((each) => each !== ""))
    for (const url of spellings(request.url))
      isMade = isEqual(signatureOf(token, url, parameters), request.signature) || isMade;
  return isMade;
}

/** Every way in which Twilio may have written the URL when it signed. */
function spellings(url: string): readonly string[] {
  const [bare = "", fragment] = url.split("#");
  const ports = [bare, withDefaultPort(bare), withoutDefaultPort(bare)];
  const fragments = [...new Set([fragment, connectionOverrides])].filter((each) => each !== undefined);
  return [...new Set(ports.flatMap((each) => [each, ...fragments.map((every) => `${each}#${every}`)]))];
}

const ORIGIN = /^(https?|wss?):\/\/([^/?#]+)/i;

/** Text surgery, because `new URL()` would also re-encode path and query. */
function withDefaultPort(url: string): string {
  return url.replace(ORIGIN, (origin, scheme: string, host: string) =>
    /:\d+$/.test(host) ? origin : `${origin}:${/s$/i.test(scheme) ? 443 : 80}`,
  );
}

const withoutDefaultPort = (url: string): string =>
  url.replace(ORIGIN, (origin, scheme: string) => origin.replace(/s$/i.test(scheme) ? /:443$/ : /:80$/, ""));

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
