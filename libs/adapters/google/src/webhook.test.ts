import { Secret } from "@tandem/kernel";
import { expect, test } from "vitest";
import { notificationIngress } from "./webhook.ts";

const TOKEN = "a-channel-token-of-32-characters";
const headers = {
  "x-goog-channel-id": "11111111-2222-3333-4444-555555555555",
  "x-goog-channel-token": TOKEN,
  "x-goog-resource-id": "o3hgv1538sdjfh",
  "x-goog-resource-state": "exists",
  "x-goog-message-number": "10",
};
const request = (changes: Record<string, string | undefined> = {}) => ({
  url: "https://calls.example/google",
  headers: { ...headers, ...changes },
  body: "",
  receivedAtMs: 0,
});
const secrets = (channelToken: string) => ({ channelToken: new Secret(channelToken) });

test("the channel's own token is the proof", () => {
  expect(notificationIngress.verify(request(), secrets(TOKEN))).toBe(true);
  expect(notificationIngress.read(request())).toEqual([
    {
      subject: "calendar.exists",
      objectId: "o3hgv1538sdjfh",
      occurredAt: null,
      identity: `${headers["x-goog-channel-id"]}:10`,
    },
  ]);
});

test.each([
  ["another token", request({ "x-goog-channel-token": `${TOKEN}x` }), secrets(TOKEN)],
  ["no token", request({ "x-goog-channel-token": undefined }), secrets(TOKEN)],
  ["no channel", request({ "x-goog-channel-id": undefined }), secrets(TOKEN)],
  ["a connection without a token never matches the empty one", request({ "x-goog-channel-token": "" }), {}],
  ["a token short enough to guess is no proof", request({ "x-goog-channel-token": "short" }), secrets("short")],
])("refuses: %s", (_, sent, known) => {
  expect(notificationIngress.verify(sent, known)).toBe(false);
});

test("headers that Google does not send are not a notification", () => {
  expect(notificationIngress.read(request({ "x-goog-resource-state": undefined }))).toBeNull();
});
