import { expect, it } from "vitest";
import { DeepgramConfig } from "./descriptor.ts";

it.each(["api.deepgram.com", "api.eu.deepgram.com", "a1b2.us-west-2.api.deepgram.com"])(
  "%s is the vendor's",
  (host) => {
    expect(DeepgramConfig.safeParse({ host }).success).toBe(true);
  },
);

it.each([
  "169.254.169.254",
  "10.0.0.1",
  "localhost",
  "metadata.google.internal",
  "postgres.svc.cluster.local",
  "deepgram.com.evil.example",
  "evildeepgram.com",
  "evil.example/deepgram.com",
  "evil.example#.deepgram.com",
  "user@api.deepgram.com",
  "api.deepgram.com:8080",
  "api.deepgram.com.",
  "-.deepgram.com",
  "api.deepgram.com\n",
  "[::1].deepgram.com",
  "",
])("%j is not dialled", (host) => {
  expect(DeepgramConfig.safeParse({ host }).success).toBe(false);
});
