import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSigned, readForm, signatureOf } from "./signature.ts";
import { carrierIngress, signedHeaders } from "./webhook.ts";

const specs = process.env["VENDOR_SPECS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/vendor-specs");
const vectorFile = join(specs, "webhooks/signature-vectors.json");

interface Vector {
  readonly url: string;
  readonly authToken: string;
  readonly signature: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe.skipIf(!existsSync(vectorFile))("published signatures", () => {
  const vectors: Vector[] = existsSync(vectorFile) ? JSON.parse(readFileSync(vectorFile, "utf8")).twilio.published : [];
  test.each(vectors)("$url", ({ url, authToken, signature, params, body }) => {
    const request = { url, signature, body: body ?? new URLSearchParams(params).toString() };
    expect(isSigned(request, [authToken])).toBe(true);
    expect(isSigned(request, ["other", authToken])).toBe(true);
    expect(isSigned(request, ["other", ""])).toBe(false);
    expect(isSigned({ ...request, body: `${request.body}x` }, [authToken])).toBe(false);
    expect(isSigned({ ...request, url: url.replace("myco", "yourco") }, [authToken])).toBe(false);
  });
});

const secrets = { authToken: new Secret("token-now"), authTokenSecondary: new Secret("token-next") };
const url = "https://media.example/voice/abc?x=1";
const body = "CallSid=CA1&From=%2B15551234567&To=%2B15550100001&CallStatus=ringing";
const request = (signed: string, token: string, changes: { url?: string; body?: string } = {}) => ({
  url,
  body,
  receivedAtMs: 0,
  headers: { "x-twilio-signature": signatureOf(token, signed, readForm(body)) },
  ...changes,
});

describe("verify", () => {
  test.each([
    ["as it is", url],
    ["with the default port", "https://media.example:443/voice/abc?x=1"],
    ["with the fragment of our connection overrides", carrierIngress.withDeadlines(url)],
    ["with both", carrierIngress.withDeadlines("https://media.example:443/voice/abc?x=1")],
  ])("accepts a URL signed %s", (_, signed) => {
    expect(carrierIngress.verify(request(signed, "token-now"), secrets)).toBe(true);
  });

  test("accepts a configured URL with a fragment or a port that was signed without", () => {
    expect(carrierIngress.verify(request(url, "token-now", { url: carrierIngress.withDeadlines(url) }), secrets)).toBe(
      true,
    );
    const withPort = request(url, "token-now", { url: "https://media.example:443/voice/abc?x=1" });
    expect(carrierIngress.verify(withPort, secrets)).toBe(true);
  });

  test("accepts both tokens while they rotate, and no other", () => {
    expect(carrierIngress.verify(request(url, "token-next"), secrets)).toBe(true);
    expect(carrierIngress.verify(request(url, "token-old"), secrets)).toBe(false);
    expect(carrierIngress.verify(request(url, "token-now"), {})).toBe(false);
  });

  test.each([
    ["another path", { url: "https://media.example/voice/abd?x=1" }],
    ["another scheme", { url: "http://media.example/voice/abc?x=1" }],
    ["another port", { url: "https://media.example:8443/voice/abc?x=1" }],
    ["another query", { url: "https://media.example/voice/abc?x=2" }],
    ["another body", { body: body.replace("CA1", "CA2") }],
    ["one more parameter", { body: `${body}&Digits=1` }],
  ])("refuses %s", (_, changes) => {
    expect(carrierIngress.verify(request(url, "token-now", changes), secrets)).toBe(false);
  });

  test("refuses an absent, an empty and a cut signature", () => {
    const { headers } = request(url, "token-now");
    for (const signature of [undefined, "", headers["x-twilio-signature"].slice(0, -1)])
      expect(
        carrierIngress.verify({ ...request(url, "token-now"), headers: { "x-twilio-signature": signature } }, secrets),
      ).toBe(false);
  });

  test("a JSON body is bound by its hash", () => {
    const json = '{"a":1}';
    const hashed = `${url}&bodySHA256=${createHash("sha256").update(json).digest("hex")}`;
    const signature = signatureOf("token-now", hashed, new Map());
    expect(isSigned({ url: hashed, signature, body: json }, ["token-now"])).toBe(true);
    expect(isSigned({ url: hashed, signature, body: '{"a":2}' }, ["token-now"])).toBe(false);
  });

  test("repeated parameters count once each, sorted", () => {
    const signature = createHmac("sha1", "t").update(`${url}AxBaBb`).digest("base64");
    expect(isSigned({ url, signature, body: "B=b&A=x&B=a&B=b" }, ["t"])).toBe(true);
  });

  test("whatever is signed verifies, and not after one character changed", () => {
    const texts = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.nat(), (pairs, position) => {
        const form = new URLSearchParams(pairs).toString();
        const signature = signedHeaders("t", url, form)["x-twilio-signature"] ?? "";
        expect(isSigned({ url, signature, body: form }, ["t"])).toBe(true);
        const index = position % 20;
        const other = signature[index] === "A" ? "B" : "A";
        const bent = signature.slice(0, index) + other + signature.slice(index + 1);
        expect(isSigned({ url, signature: bent, body: form }, ["t"])).toBe(false);
      }),
    );
  });
});

describe("reading", () => {
  const form = (members: Record<string, string>) => new URLSearchParams({ CallSid: "CA1", ...members }).toString();

  test("a ringing call", () => {
    expect(
      carrierIngress.readCall(form({ From: "+15551234567", To: "+15550100001", ForwardedFrom: "+15559990000" })),
    ).toEqual({
      callId: "CA1",
      from: "+15551234567",
      to: "+15550100001",
      forwardedFrom: "+15559990000",
      leg: null,
      legSeconds: null,
    });
  });

  test.each(["+266696687", "+7378742833", "anonymous", "sip:bob@example.com", ""])(
    "a caller shown as %s is withheld",
    (From) => {
      expect(carrierIngress.readCall(form({ From }))?.from).toBeNull();
    },
  );

  test.each([
    ["completed", "answered"],
    ["no-answer", "no-answer"],
    ["busy", "busy"],
    ["failed", "failed"],
    ["canceled", "canceled"],
    ["something-new", null],
  ])("a dialled leg that is %s", (DialCallStatus, leg) => {
    expect(carrierIngress.readCall(form({ DialCallStatus, DialCallDuration: "12" }))).toMatchObject({
      leg,
      legSeconds: 12,
    });
  });

  test("a body without a call is nothing", () => {
    expect(carrierIngress.readCall("hello=1")).toBeNull();
    expect(carrierIngress.readStatus({ url, headers: {}, body: "CallSid=CA1", receivedAtMs: 0 })).toBeNull();
  });

  test("a status report has the same identity when it comes again, whatever its unsigned headers say", () => {
    const report = form({ CallStatus: "completed", CallDuration: "61", SequenceNumber: "3" });
    const read = (token: string) =>
      carrierIngress.readStatus({
        url,
        headers: { "i-twilio-idempotency-token": token },
        body: report,
        receivedAtMs: 0,
      });
    expect(read("one")).toEqual({
      callId: "CA1",
      status: "completed",
      hasEnded: true,
      durationSeconds: 61,
      identity: "CA1/completed/3",
    });
    expect(read("two")).toEqual(read("one"));
  });
});

test("a smoke call is signed as the carrier signs", () => {
  const trial = {
    url: carrierIngress.withDeadlines(url),
    callId: "CA9",
    from: "+15551234567",
    to: "+15550100001",
    event: "ringing",
  } as const;
  const signed = carrierIngress.sign(trial, secrets);
  expect(carrierIngress.verify({ url, receivedAtMs: 0, ...signed }, secrets)).toBe(true);
  expect(carrierIngress.readCall(signed.body)).toMatchObject({ callId: "CA9", from: "+15551234567" });
});
