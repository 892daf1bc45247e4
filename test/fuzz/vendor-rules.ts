// The vendors' signature rules, written down a second time from their documentation: what our verifiers are held against.
import { createHash, createHmac } from "node:crypto";

/** A request as it comes in: address as asked for, headers in order as sent, raw body. */
export interface RawRequest {
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly receivedAtMs: number;
}

/** The one value of a header; null when it is absent or stands there several times. */
export function onlyHeader({ headers }: RawRequest, name: string): string | null {
  const values = headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  return values.length === 1 ? (values[0] ?? null) : null;
}

const sha1 = (key: string, text: string): string => createHmac("sha1", key).update(text, "utf8").digest("base64");

/** Form parameters by name, repeated values once and in order, name and value run together. */
function formText(body: string): string {
  const pairs = [...new URLSearchParams(body)];
  const names = [...new Set(pairs.map(([name]) => name))].sort();
  return names
    .map((name) => {
      const values = new Set(pairs.filter(([each]) => each === name).map(([, value]) => value));
      return [...values]
        .sort()
        .map((value) => name + value)
        .join("");
    })
    .join("");
}

/** Whether Twilio, with one of these tokens, could have signed the request. */
export function isTwilios(request: RawRequest, tokens: readonly string[]): boolean {
  const given = onlyHeader(request, "x-twilio-signature");
  if (given === null) return false;
  const [bare = ""] = request.url.split("#");
  const bodyHash = new URL(bare).searchParams.get("bodySHA256");
  if (bodyHash !== null && bodyHash.toLowerCase() !== createHash("sha256").update(request.body, "utf8").digest("hex"))
    return false;
  const text = bodyHash === null ? formText(request.body) : "";
  const withPort = bare.replace(/^https:\/\/([^/:?#]+)(?=[/?#]|$)/, "https://$1:443");
  const withoutPort = bare.replace(/^https:\/\/([^/:?#]+):443(?=[/?#]|$)/, "https://$1");
  const urls = [bare, withPort, withoutPort].flatMap((each) => [each, `${each}#ct=1000&rt=3000&tt=5000&rc=1`]);
  return tokens.some((token) => token !== "" && urls.some((url) => sha1(token, url + text) === given));
}

const sha256 = (key: string, text: string) => createHmac("sha256", key).update(text, "utf8");

/** Whether Retell signed this body with one of these keys within five minutes. */
export function isRetells(request: RawRequest, keys: readonly string[]): boolean {
  const [, time, digest] =
    /^v=(\d{1,16}),d=([\da-f]{64})$/i.exec(onlyHeader(request, "x-retell-signature")?.trim() ?? "") ?? [];
  if (time === undefined || Math.abs(Number(time) - request.receivedAtMs) > 300_000) return false;
  return keys.some((key) => key !== "" && sha256(key, request.body + time).digest("hex") === digest?.toLowerCase());
}

/** Whether HubSpot signed this request with the app's secret within five minutes. */
export function isHubSpots(request: RawRequest, secret: string): boolean {
  const given = onlyHeader(request, "x-hubspot-signature-v3");
  const time = onlyHeader(request, "x-hubspot-request-timestamp");
  if (given === null || time === null || !/^\d{1,16}$/.test(time)) return false;
  if (Math.abs(Number(time) - request.receivedAtMs) > 300_000) return false;
  const url = request.url.replaceAll(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return secret !== "" && sha256(secret, `POST${url}${request.body}${time}`).digest("base64") === given;
}

/** Whether the token of our own channel came along; what else the headers say proves nothing. */
export const isGoogles = (request: RawRequest, token: string): boolean =>
  onlyHeader(request, "x-goog-channel-token") === token;
