import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { describe, expect, test } from "vitest";
import { notificationIngress, signatureV3 } from "./webhook.ts";

const SPECS = process.env["VENDOR_SPECS_DIR"] ?? join(import.meta.dirname, "../../../../../shared/vendor-specs");
const NOW_MS = 1_700_000_000_000;
const SECRET = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const secrets = { clientSecret: new Secret(SECRET) };
const body = JSON.stringify([
  {
    eventId: 1,
    subscriptionType: "contact.creation",
    objectId: 123,
    occurredAt: NOW_MS,
    attemptNumber: 0,
    portalId: 62515,
  },
  { eventId: 1, subscriptionType: "contact.propertyChange", objectId: 123, occurredAt: NOW_MS, propertyName: "phone" },
]);

function signed(
  changes: { url?: string; signedUrl?: string; body?: string; timestamp?: string; secret?: string } = {},
) {
  const url = changes.url ?? "https://calls.example/hubspot";
  const timestamp = changes.timestamp ?? String(NOW_MS);
  const signature = signatureV3(changes.secret ?? SECRET, {
    method: "POST",
    url: changes.signedUrl ?? url,
    body,
    timestamp,
  });
  const headers: Record<string, string | undefined> = {
    "x-hubspot-signature-v3": signature,
    "x-hubspot-request-timestamp": timestamp,
  };
  return { url, headers, body: changes.body ?? body, receivedAtMs: NOW_MS };
}

describe("published vectors", () => {
  const vectors = JSON.parse(readVectors()) as { hubspot?: { published: Vector[] } };
  const v3 = vectors.hubspot?.published.filter((vector) => vector.version === "v3") ?? [];
  test.skipIf(v3.length === 0).each(v3)("$source, $timestamp", (vector) => {
    expect(signatureV3(vector.clientSecret, vector)).toBe(vector.signature);
    const request = {
      url: vector.url,
      body: vector.body,
      headers: { "x-hubspot-signature-v3": vector.signature, "x-hubspot-request-timestamp": vector.timestamp },
      receivedAtMs: Number(vector.timestamp) + 1000,
    };
    const known = { clientSecret: new Secret(vector.clientSecret) };
    expect(notificationIngress.verify(request, known)).toBe(true);
    expect(notificationIngress.verify({ ...request, body: `${vector.body} ` }, known)).toBe(false);
  });
});

interface Vector {
  readonly source: string;
  readonly version: string;
  readonly clientSecret: string;
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly timestamp: string;
  readonly signature: string;
}

function readVectors(): string {
  try {
    return readFileSync(join(SPECS, "webhooks/signature-vectors.json"), "utf8");
  } catch {
    return "{}";
  }
}

test("a vector that needs no files: the vendor's example, recomputed", () => {
  const request = {
    method: "POST",
    url: "https://www.example.com/webhook_uri",
    body: "{'example_field':'example_value'}",
    timestamp: "15000000",
  };
  expect(signatureV3("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", request)).toBe(
    "HPW73RUtKmcYoEDADG0s6MmGFWUzWJKAW07r8RDgcQw=",
  );
});

test("a signed request is let in and read", () => {
  expect(notificationIngress.verify(signed(), secrets)).toBe(true);
  const read = notificationIngress.read(signed());
  expect(read).toHaveLength(2);
  expect(read?.[0]).toMatchObject({
    subject: "contact.creation",
    objectId: "123",
    occurredAt: new Date(NOW_MS).toISOString(),
  });
  expect(new Set(read?.map((each) => each.identity)).size).toBe(2);
});

test("the escapes that the vendor undoes before signing are undone, others are not", () => {
  const url = "https://calls.example/hubspot?to=a%40b.example%2Fc&space=%20&slash=%2f";
  expect(
    notificationIngress.verify(
      signed({ url, signedUrl: "https://calls.example/hubspot?to=a@b.example/c&space=%20&slash=/" }),
      secrets,
    ),
  ).toBe(true);
  expect(
    notificationIngress.verify(
      signed({ url, signedUrl: "https://calls.example/hubspot?to=a@b.example/c&space= &slash=/" }),
      secrets,
    ),
  ).toBe(false);
});

test.each([
  ["another secret", signed({ secret: "x" }), secrets],
  ["another body", signed({ body: body.replace("123", "124") }), secrets],
  ["another address", signed({ signedUrl: "https://evil.example/hubspot" }), secrets],
  ["too old", signed({ timestamp: String(NOW_MS - 300_001) }), secrets],
  ["from the future", signed({ timestamp: String(NOW_MS + 300_001) }), secrets],
  ["a timestamp that is no number", signed({ timestamp: "NaN" }), secrets],
  ["no signature", { ...signed(), headers: { "x-hubspot-request-timestamp": String(NOW_MS) } }, secrets],
  [
    "no timestamp",
    { ...signed(), headers: { "x-hubspot-signature-v3": signed().headers["x-hubspot-signature-v3"] } },
    secrets,
  ],
  ["a connection without a client secret", signed({ secret: "" }), {}],
])("refuses: %s", (_, request, known) => {
  expect(notificationIngress.verify(request, known)).toBe(false);
});

test("just within five minutes is in time", () => {
  expect(notificationIngress.verify(signed({ timestamp: String(NOW_MS - 300_000) }), secrets)).toBe(true);
});

test("what is not a list of events is not read", () => {
  expect(notificationIngress.read(signed({ body: "{}" }))).toBeNull();
  expect(notificationIngress.read(signed({ body: "not json" }))).toBeNull();
});
