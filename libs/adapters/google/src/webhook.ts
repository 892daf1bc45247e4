import { createHash, timingSafeEqual } from "node:crypto";
import type { NotificationIngress } from "@tandem/ports/notification";

const SHORTEST_TOKEN = 16;

/**
 * Push notifications of a watched calendar. Google signs nothing: the only proof is the token that we gave when the channel was opened,
 * compared in constant time. The body is empty; the headers say which channel and resource, never what changed.
 */
export const notificationIngress: NotificationIngress = {
  vendor: "google",
  verify(request, secrets) {
    const expected = secrets["channelToken"]?.reveal() ?? "";
    const given = request.headers["x-goog-channel-token"] ?? "";
    if (expected.length < SHORTEST_TOKEN || request.headers["x-goog-channel-id"] === undefined) return false;
    return timingSafeEqual(digest(given), digest(expected));
  },
  read(request) {
    const { headers } = request;
    const channelId = headers["x-goog-channel-id"];
    const resourceId = headers["x-goog-resource-id"];
    const state = headers["x-goog-resource-state"];
    const messageNumber = headers["x-goog-message-number"];
    if (channelId === undefined || resourceId === undefined || state === undefined || messageNumber === undefined)
      return null;
    return [
      {
        subject: `calendar.${state}`,
        objectId: resourceId,
        occurredAt: null,
        identity: `${channelId}:${messageNumber}`,
      },
    ];
  },
};

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
