import type { AdapterDescriptor, ResourceKind } from "@tandem/ports/adapter";
import { referenceOr } from "@tandem/ports/reference";
import { z } from "zod";

/** A private app's token says everything else: portal, app, scopes. */
export const HubspotConfig = z.strictObject({});

/** Objects whose schema a playbook may extend. */
export const CrmObject = z.enum(["contacts", "deals"]);
export type CrmObject = z.infer<typeof CrmObject>;

const InternalName = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9_]*$/, "must be lower-case letters, digits and underscores, beginning with a letter");
const Label = z.string().min(1).max(100);

export const PropertyGroupFields = z.strictObject({ object: CrmObject, name: InternalName, label: referenceOr(Label) });

export const PropertyFields = z.strictObject({
  object: CrmObject,
  name: InternalName,
  label: referenceOr(Label),
  type: z.enum(["string", "number", "date", "datetime", "enumeration", "bool"]),
  fieldType: z.enum(["textarea", "text", "date", "number", "select", "radio", "checkbox", "booleancheckbox"]),
  /** Name of the group: one of HubSpot's own (`contactinformation`), or the `name` of a `crm.property-group` that it depends on. */
  group: InternalName,
  options: z.array(z.strictObject({ label: Label, value: z.string().min(1).max(100) })),
  /** No two records may hold the same value. Can be chosen at creation only. */
  hasUnique: z.boolean(),
});

export const PipelineFields = z.strictObject({
  object: z.literal("deals"),
  label: referenceOr(z.string().min(1).max(36)),
  stages: z
    .array(
      z.strictObject({
        /** Ours, stable when the label changes; what a tool's `stage` setting names. `id:<id>` is a stage that a person added. */
        key: z
          .string()
          .max(60)
          .regex(
            /^([a-z][a-z0-9]{0,29}(_[a-z0-9]+)*|id:[^\s]+)$/,
            "must be lower-case words joined by underscores, or id:<id of a stage that exists>",
          ),
        label: referenceOr(z.string().min(1).max(60)),
        /** Chance that the deal closes, 0 (lost) to 1 (won). */
        probability: z.number().min(0).max(1),
        displayOrder: z.int().min(-1),
      }),
    )
    .min(1)
    .max(100),
});

const schemaKind = {
  owner: "connection",
  settleMs: 10_000,
  onCreate: ["create"],
  onUpdate: ["update"],
} satisfies Partial<ResourceKind>;

export const descriptor: AdapterDescriptor = {
  id: "hubspot",
  title: "HubSpot CRM",
  roles: ["crm"],
  config: HubspotConfig,
  secrets: [
    {
      name: "accessToken",
      label: "Private app access token",
      hint: "HubSpot → Settings → Integrations → Private Apps → the app → Auth; begins with `pat-`.",
    },
    {
      name: "clientSecret",
      label: "Client secret",
      hint: "Only for webhooks: the same page, below the token.",
      isOptional: true,
    },
  ],
  setUp: [
    {
      text: "Settings → Integrations → Private Apps: create an app with the scopes below.",
      at: "https://app.hubspot.com",
    },
    {
      text: "On the app's page Auth: copy the access token. It does not expire.",
      gives: ["accessToken"],
    },
    {
      text: "Only for webhooks: copy the client secret from the same page.",
      gives: ["clientSecret"],
    },
  ],
  requiredScopes: {
    "crm.objects.contacts.read": "find the caller's contact",
    "crm.objects.contacts.write": "create and update contacts, add notes",
    "crm.objects.deals.read": "find the deal of a call again",
    "crm.objects.deals.write": "create and update deals",
    "crm.schemas.contacts.read": "see which contact properties exist",
    "crm.schemas.contacts.write": "add the contact properties that a playbook declares",
    "crm.schemas.deals.read": "see deal properties and pipelines",
    "crm.schemas.deals.write": "add the deal properties and pipelines that a playbook declares",
  },
  resources: [
    {
      ...schemaKind,
      kind: "crm.property-group",
      identity: "unique-name",
      fields: PropertyGroupFields,
      replaceOn: ["object", "name"],
      removalIsIrreversible: false,
      callerEffect: null,
    },
    {
      ...schemaKind,
      kind: "crm.property",
      identity: "unique-name",
      fields: PropertyFields,
      replaceOn: ["object", "name", "type", "hasUnique"],
      additive: { options: "value" },
      removalIsIrreversible: true,
      callerEffect: null,
    },
    {
      ...schemaKind,
      kind: "crm.pipeline",
      identity: "client-id",
      fields: PipelineFields,
      replaceOn: ["object"],
      additive: { stages: "key" },
      removalIsIrreversible: true,
      callerEffect: null,
    },
  ],
  limits: {
    requestsPerSecond: 10,
    note: "100 to 250 requests per 10 seconds by subscription, 5 searches per second, 250,000 to 1,000,000 requests per day.",
  },
  sandboxName: "hubspot",
};
