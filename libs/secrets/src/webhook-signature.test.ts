import { createHmac, timingSafeEqual } from "node:crypto";
import { Secret } from "@tandem/kernel";
import { describe, expect, test } from "vitest";
import { makeSignatureCheck, makeSigner, makeSigningKeys, makeWebhookSecret, webhookHeaders } from "./index.ts";

/** A receiver's check as the Standard Webhooks specification describes it, written from that text alone. */
function isAccepted(headers: Record<string, string>, body: string, secret: string, nowS: number): boolean {
  const [id, timestamp, list] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(
    (name) => headers[name] ?? "",
  );
  if (Math.abs(nowS - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update([id, timestamp, body].join(".")).digest();
  return (list ?? "").split(" ").some((entry) => {
    const [version, signature = ""] = entry.split(",");
    const given = Buffer.from(signature, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

describe("Standard Webhooks", () => {
  const body = '{"type":"webhook.test","data":{"text":"Grüße 😀"}}';
  const message = { id: "msg_1", timestampS: 1_790_000_000, body };
  const [one, other] = [makeWebhookSecret(), makeWebhookSecret()];

  test("the example of the specification's libraries", () => {
    const secret = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const headers = webhookHeaders(
      { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestampS: 1614265330, body: '{"test": 2432232314}' },
      [secret],
    );
    expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  test("a receiver with either secret accepts what was signed while they rotate, and nothing that was changed", () => {
    const headers = webhookHeaders(message, [one, other]);
    expect(isAccepted(headers, body, one.reveal(), 1_790_000_010)).toBe(true);
    expect(isAccepted(headers, body, other.reveal(), 1_790_000_010)).toBe(true);
    expect(isAccepted(headers, body, makeWebhookSecret().reveal(), 1_790_000_010)).toBe(false);
    expect(isAccepted(headers, `${body} `, one.reveal(), 1_790_000_010)).toBe(false);
    expect(isAccepted({ ...headers, "webhook-id": "msg_2" }, body, one.reveal(), 1_790_000_010)).toBe(false);
    expect(isAccepted({ ...headers, "webhook-timestamp": "1790000001" }, body, one.reveal(), 1_790_000_010)).toBe(
      false,
    );
    expect(isAccepted(headers, body, one.reveal(), 1_790_000_900)).toBe(false);
  });

  test("a secret is of its form and length, and a damaged one signs nothing", () => {
    expect(one.reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(String(one)).not.toContain("whsec");
    expect(() => webhookHeaders(message, [new Secret("whsec_short")])).toThrow("damaged");
    expect(() => webhookHeaders(message, [new Secret(Buffer.alloc(32).toString("base64"))])).toThrow("damaged");
  });
});

describe("signing keys", () => {
  const keys = makeSigningKeys();
  const signer = makeSigner(new Secret(keys.privateJwk), "X");

  test("what one signs, its public half and an array with it accept, and nobody else's", () => {
    const signature = signer.sign("words");
    const array = JSON.stringify([JSON.parse(makeSigningKeys().publicJwk), JSON.parse(keys.publicJwk)]);
    for (const check of [makeSignatureCheck(keys.publicJwk, "X"), makeSignatureCheck(array, "X")]) {
      expect(check.isGenuine(signer.keyId, "words", signature)).toBe(true);
      expect(check.isGenuine(signer.keyId, "word", signature)).toBe(false);
      expect(check.isGenuine("other", "words", signature)).toBe(false);
      expect(check.isGenuine(signer.keyId, "words", "")).toBe(false);
    }
    expect(makeSignatureCheck(makeSigningKeys().publicJwk, "X").isGenuine(signer.keyId, "words", signature)).toBe(
      false,
    );
    expect(signer.publicJwk).not.toContain('"d"');
  });

  test("what is no such key is refused with the variable's name", () => {
    for (const text of ["", "{", "null", "{}", '{"kty":"EC"}', '{"kty":"OKP","crv":"Ed25519","x":"AA"}'])
      expect(() => makeSignatureCheck(text, "TANDEM_X"), text).toThrow("TANDEM_X");
    expect(() => makeSigner(new Secret(keys.publicJwk), "TANDEM_X")).toThrow("TANDEM_X");
  });
});
