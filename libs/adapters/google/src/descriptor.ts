import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { referenceOr } from "@tandem/ports/reference";
import { z } from "zod";

/** How the account lets us in: a person's consent (refresh token) or a service account, on its own or in a user's name. */
export const GoogleConfig = z.discriminatedUnion("auth", [
  z.strictObject({ auth: z.literal("oauth"), clientId: z.string().min(1).max(200) }),
  z.strictObject({
    auth: z.literal("service-account"),
    /** User in whose name the service account acts (domain-wide delegation); absent: in its own. */
    subject: z.email().optional(),
  }),
]);
export type GoogleConfig = z.infer<typeof GoogleConfig>;

/** The managed fields of a calendar. */
export const CalendarFields = z.strictObject({
  summary: referenceOr(z.string().min(1).max(250)),
  description: referenceOr(z.string().max(4000)),
  /** IANA name, e.g. `America/New_York`. */
  timeZone: referenceOr(z.string().min(1).max(64)),
});

const SCOPE = "https://www.googleapis.com/auth/";

/** Scopes that include others, so that what was granted can be told in the words of `requiredScopes`. */
export const scopeIncludes: Readonly<Record<string, readonly string[]>> = {
  [`${SCOPE}calendar`]: [
    `${SCOPE}calendar.calendars`,
    `${SCOPE}calendar.calendarlist.readonly`,
    `${SCOPE}calendar.events`,
    `${SCOPE}calendar.freebusy`,
  ],
  [`${SCOPE}calendar.readonly`]: [`${SCOPE}calendar.calendarlist.readonly`, `${SCOPE}calendar.freebusy`],
  [`${SCOPE}calendar.calendarlist`]: [`${SCOPE}calendar.calendarlist.readonly`],
  [`${SCOPE}calendar.events.freebusy`]: [`${SCOPE}calendar.freebusy`],
};

export const descriptor: AdapterDescriptor = {
  id: "google",
  title: "Google Calendar",
  roles: ["calendar"],
  config: GoogleConfig,
  secrets: [
    {
      name: "clientSecret",
      label: "OAuth client secret",
      hint: "For `oauth`: Google Cloud console → APIs & Services → Credentials → the OAuth client.",
      isOptional: true,
    },
    {
      name: "refreshToken",
      label: "Refresh token",
      hint: "For `oauth`: from the consent of the calendar's owner, with offline access and the scopes below.",
      isOptional: true,
    },
    {
      name: "clientEmail",
      label: "Service account e-mail",
      hint: "For `service-account`: `client_email` of the key file.",
      isOptional: true,
    },
    {
      name: "privateKey",
      label: "Service account key",
      hint: "For `service-account`: `private_key` of the key file, PEM.",
      isOptional: true,
    },
    {
      name: "channelToken",
      label: "Push channel token",
      hint: "Only for push notifications: the token that was given when the channel was opened, at least 16 characters.",
      isOptional: true,
    },
  ],
  setUp: [
    {
      text: "Choose the way in: `oauth`, when the calendar's owner consents; `service-account`, for an organisation with Google Workspace.",
      gives: ["auth"],
    },
    {
      text: "APIs & Services → enable the Google Calendar API.",
      at: "https://console.cloud.google.com/apis/library/calendar-json.googleapis.com",
    },
    {
      text: "OAuth consent screen: add the scopes below and publish the app. While it is in testing, refresh tokens end after seven days.",
      at: "https://console.cloud.google.com/apis/credentials/consent",
      onlyFor: { member: "auth", value: "oauth" },
    },
    {
      text: "Credentials → create an OAuth client: its id goes into the configuration, its secret is the client secret.",
      at: "https://console.cloud.google.com/apis/credentials",
      gives: ["clientId", "clientSecret"],
      onlyFor: { member: "auth", value: "oauth" },
    },
    {
      text: "Let the calendar's owner consent with access_type=offline and prompt=consent, and keep the refresh token.",
      gives: ["refreshToken"],
      onlyFor: { member: "auth", value: "oauth" },
    },
    {
      text: "IAM & Admin → Service Accounts: create a key (JSON). Its client_email and private_key are the two secrets.",
      at: "https://console.cloud.google.com/iam-admin/serviceaccounts",
      gives: ["clientEmail", "privateKey"],
      onlyFor: { member: "auth", value: "service-account" },
    },
    {
      text: "Share the calendar with the service account; or have an administrator delegate the scopes below to it (Security → API controls → Domain-wide delegation) and name the user in whose name it acts.",
      at: "https://admin.google.com",
      gives: ["subject"],
      onlyFor: { member: "auth", value: "service-account" },
    },
    {
      text: "Only for push notifications: the token with which the channel is opened, at least 16 characters of your own choice.",
      gives: ["channelToken"],
    },
  ],
  requiredScopes: {
    [`${SCOPE}calendar.calendars`]: "make and rename the calendars that a playbook declares",
    [`${SCOPE}calendar.calendarlist.readonly`]: "find those calendars again",
    [`${SCOPE}calendar.events`]: "book, move and cancel appointments",
    [`${SCOPE}calendar.freebusy`]: "see which times are taken, without what for",
  },
  resources: [
    {
      kind: "calendar.calendar",
      owner: "connection",
      identity: "tag-search",
      settleMs: 15_000,
      fields: CalendarFields,
      onCreate: ["create"],
      onUpdate: ["update"],
      replaceOn: [],
      removalIsIrreversible: true,
      callerEffect: "appointments are offered and booked in this calendar",
    },
  ],
  limits: {
    requestsPerSecond: 10,
    note: "600 requests per minute and user, 10,000 per minute and project; beyond it 403 or 429 with a usage-limits reason.",
  },
  sandboxName: "google",
};
