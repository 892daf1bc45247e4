import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { z } from "zod";

/** Where an account's requests go. */
export const DeepgramConfig = z.strictObject({
  /**
   * Host of a region or of a dedicated deployment, e.g. `api.eu.deepgram.com`; absent: the vendor's own. Only the vendor's own hosts: the
   * media node and the worker dial it with the key, and neither is to be sent into its own network.
   */
  host: z
    .string()
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}deepgram\.com$/u, "must be a host below deepgram.com")
    .optional(),
});

export const descriptor: AdapterDescriptor = {
  id: "deepgram",
  title: "Deepgram",
  roles: [],
  providers: { deepgram: ["stt", "tts"] },
  config: DeepgramConfig,
  secrets: [
    {
      name: "apiKey",
      label: "API key",
      hint: "Console → API keys. The role Member can transcribe and speak; only a key that may read keys shows its scopes here.",
    },
  ],
  setUp: [
    {
      text: "Create an API key with the role Member (or the scope usage:write).",
      at: "https://console.deepgram.com",
      gives: ["apiKey"],
    },
    {
      text: "Name a host only for a region or a dedicated deployment, e.g. api.eu.deepgram.com.",
      gives: ["host"],
    },
  ],
  requiredScopes: { "usage:write": "transcribing and speaking" },
  resources: [],
  limits: {
    requestsPerSecond: 5,
    note: "Streams are limited by number, not by rate; the number depends on the plan, and 429 was not processed.",
  },
  sandboxName: "deepgram",
};
