import { E164 } from "@tandem/domain/tenant";
import type { AdapterDescriptor, ResourceKind } from "@tandem/ports/adapter";
import { referenceOr } from "@tandem/ports/reference";
import { z } from "zod";

/** What a Twilio connection is configured with besides its secrets. */
export const TwilioConfig = z.strictObject({
  /** `AC` and 32 hex digits. */
  accountSid: z.string().regex(/^AC[0-9a-fA-F]{32}$/, "must be AC followed by 32 hex digits"),
  /** API key to use instead of the auth token; its secret is `apiKeySecret`. */
  apiKeySid: z
    .string()
    .regex(/^SK[0-9a-fA-F]{32}$/, "must be SK followed by 32 hex digits")
    .optional(),
});
export type TwilioConfig = z.infer<typeof TwilioConfig>;

const address = referenceOr(z.union([z.url({ protocol: /^https?$/ }), z.literal("")]));

/** Managed fields of a phone number: where its calls go. */
export const NumberFields = z.strictObject({
  number: E164,
  voiceUrl: address,
  /** Used when `voiceUrl` fails; outside the failure domain of the media service. */
  voiceFallbackUrl: address,
  /** Told when a call ends. */
  statusCallbackUrl: address,
});

/** An existing number's routing. Numbers are never bought or released: `create` and `delete` are refused. */
export const numberKind: ResourceKind = {
  kind: "telephony.number",
  owner: "deployment",
  identity: "natural",
  settleMs: 5_000,
  fields: NumberFields,
  onCreate: [],
  onUpdate: ["update"],
  replaceOn: [],
  removalIsIrreversible: true,
  callerEffect: "calls to this number go to another address",
};

export const descriptor: AdapterDescriptor = {
  id: "twilio",
  title: "Twilio",
  roles: ["telephony"],
  config: TwilioConfig,
  secrets: [
    {
      name: "authToken",
      label: "Auth token",
      hint: "Console → Account → API keys & tokens. Signs every webhook, so it is needed even with an API key.",
    },
    {
      name: "authTokenSecondary",
      label: "Secondary auth token",
      hint: "Only while the auth token is being rotated: webhooks signed with either are accepted.",
      isOptional: true,
    },
    {
      name: "apiKeySecret",
      label: "API key secret",
      hint: "Secret of the API key named in the connection's configuration (Standard or Restricted).",
      isOptional: true,
    },
  ],
  setUp: [
    {
      text: "Account → API keys & tokens: copy the Account SID and the auth token. The auth token signs every webhook, so it is needed even with an API key.",
      at: "https://console.twilio.com",
      gives: ["accountSid", "authToken"],
    },
    {
      text: "Optional: create a Standard API key, or a Restricted one with the permissions below, and use it for requests.",
      at: "https://console.twilio.com",
      gives: ["apiKeySid", "apiKeySecret"],
    },
    {
      text: "Only while the auth token is being rotated: store the new one as secondary before it becomes the first.",
      gives: ["authTokenSecondary"],
    },
    {
      text: "Leave the number's routing as it is: the first switch points it here, and detaching restores what was there.",
    },
  ],
  requiredScopes: {
    "phone-numbers:read": "to see which numbers the account owns and where they point",
    "phone-numbers:update": "to point the number at the ingress when a deployment is attached",
    "calls:read": "to reconcile the calls in progress before a slot is changed",
    "calls:update": "to hand a call over to a person",
  },
  resources: [numberKind],
  limits: { requestsPerSecond: 20, note: "Concurrency-based 429 (code 20429); such a request was not processed." },
  sandboxName: "twilio",
};
