import { createHmac, timingSafeEqual } from "node:crypto";
import type { NotificationIngress } from "@tandem/ports/notification";
import { z } from "zod";

const OLDEST_MS = 300_000;

/** Escapes that HubSpot undoes in the address before signing; every other one stays as it was sent. */
const UNDONE = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/giu;

const WireEvents = z.array(
  z.object({
    eventId: z.number(),
    subscriptionType: z.string(),
    objectId: z.union([z.number(), z.string()]),
    occurredAt: z.number().optional(),
    attemptNumber: z.number().optional(),
    propertyName: z.string().optional(),
  }),
);

/** The v3 signature of a request: base64 HMAC-SHA-256 over method, address, body and timestamp. */
export function signatureV3(
  secret: string,
  request: { method: string; url: string; body: string; timestamp: string },
): string {
  const address = request.url.replaceAll(UNDONE, (escaped) => decodeURIComponent(escaped));
  return createHmac("sha256", secret)
    .update(request.method + address + request.body + request.timestamp)
    .digest("base64");
}

/** Webhooks of an app: signed with its client secret, refused when older than five minutes. Always POST. */
export const notificationIngress: NotificationIngress = {
  vendor: "hubspot",
  verify(request, secrets) {
    const secret = secrets["clientSecret"]?.reveal() ?? "";
    const given = request.headers["x-hubspot-signature-v3"];
    const timestamp = request.headers["x-hubspot-request-timestamp"];
    if (secret === "" || given === undefined || timestamp === undefined || !/^\d{1,16}$/u.test(timestamp)) return false;
    if (Math.abs(request.receivedAtMs - Number(timestamp)) > OLDEST_MS) return false;
    const expected = signatureV3(secret, { method: "POST", url: request.url, body: request.body, timestamp });
    return isEqual(given, expected);
  },
  read(request) {
    const events = WireEvents.safeParse(parseJson(request.body));
    if (!events.success) return null;
    return events.data.map((event) => ({
      subject: event.subscriptionType,
      objectId: String(event.objectId),
      occurredAt: event.occurredAt === undefined ? null : new Date(event.occurredAt).toISOString(),
      // `eventId` alone is not unique: the vendor says so.
      identity: [
        event.eventId,
        event.subscriptionType,
        event.objectId,
        event.propertyName ?? "",
        event.occurredAt ?? "",
      ].join(":"),
    }));
  },
};

function isEqual(given: string, expected: string): boolean {
  const one = Buffer.from(given);
  const other = Buffer.from(expected);
  return one.length === other.length && timingSafeEqual(one, other);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
