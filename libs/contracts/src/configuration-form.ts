import { AgentKind } from "@tandem/domain/manifest";
import { E164, ValueSource } from "@tandem/domain/tenant";
import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Connections } from "./deployment.ts";
import { OverlayValues } from "./manifest.ts";

/** No `.meta({ id })`: it is a query. */
export const FormQuery = z.strictObject({
  manifest: z.string().max(200).optional().describe("Hash, `playbook@version` or version; absent: the newest version."),
});
export type FormQuery = z.infer<typeof FormQuery>;

const agents = z.array(AgentKind).nullable().describe("Kinds of agent that it matters for; null: all of them.");

const FormField = z
  .object({
    name: z.string(),
    type: z.string().describe("`text`, `integer`, `boolean`, `choice`, `list`, `phone-number`, `weekly-hours` …"),
    label: z.string(),
    hint: z.string().nullable(),
    group: z.string().nullable(),
    isRequired: z.boolean(),
    unit: z.string().nullable(),
    isMultiline: z.boolean(),
    min: z.int().nullable().describe("Of an integer's value, of a text's length, of a list's items."),
    max: z.int().nullable(),
    choices: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
    item: z
      .object({
        type: z.string(),
        min: z.int().nullable(),
        max: z.int().nullable(),
        choices: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
      })
      .nullable()
      .describe("What a list holds; null for everything else."),
    value: JsonValue.describe("The value in force; null when nobody sets one."),
    source: ValueSource.nullable().describe("The layer that it comes from."),
    layers: z
      .object({ playbook: JsonValue.optional(), tenant: JsonValue.optional(), deployment: JsonValue.optional() })
      .describe("What each layer says; absent: nothing. A null takes away what the layers below say."),
    agents,
    isUsed: z.boolean().describe("Whether a release with the chosen agent uses it."),
    timeZoneOf: z.string().nullable().describe("For hours and days: the field whose time zone they are in."),
    voiceOf: z.string().nullable().describe("For voices: the role of the account whose voice it is."),
  })
  .meta({ id: "FormField" });

const FormAccount = z
  .object({
    role: z.string(),
    reason: z.string(),
    agents,
    isNeeded: z.boolean().describe("Whether a release with the chosen agent needs it."),
    connectionId: z.uuid().nullable().describe("The connection that the deployment names now."),
    vendors: z.array(
      z.object({
        vendor: z.string(),
        title: z.string(),
        scopes: z.array(z.object({ scope: z.string(), reason: z.string().nullable() })),
      }),
    ),
    connections: z
      .array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          vendor: z.string(),
          endpoint: z.enum(["vendor", "sandbox"]),
          hasCredential: z.boolean(),
        }),
      )
      .describe("Connections of the tenant that fit."),
  })
  .meta({ id: "FormAccount" });

/** What was found wrong or doubtful, and which input it belongs to. */
export const ConfigurationProblem = z
  .object({
    severity: z.enum(["error", "warning", "note"]),
    code: z.string(),
    message: z.string().describe("What exactly, with values."),
    fix: z.string(),
    pointer: z
      .string()
      .nullable()
      .describe(
        "JSON pointer into what was sent: `/overlay/ringSeconds`, `/connections/crm`; null when no input is to blame.",
      ),
    field: z.string().nullable().describe("Name of the parameter or of the role."),
    path: z.string().describe("Place in the playbook or its layers."),
    line: z.int().nullable().describe("Of YAML that was sent, from 1."),
    column: z.int().nullable(),
  })
  .meta({ id: "ConfigurationProblem" });
export type ConfigurationProblem = z.infer<typeof ConfigurationProblem>;

export const ConfigurationForm = z
  .object({
    playbook: z.object({
      name: z.string(),
      version: z.string(),
      title: z.string(),
      summary: z.string(),
      manifestHash: z.string(),
    }),
    configVersion: z.int().describe("What `If-Match` of the deployment's configuration names."),
    overlayVersion: z.int().describe("What `If-Match` of the tenant's overlay names."),
    agent: z.object({ parameter: z.string().nullable(), kind: AgentKind.nullable() }),
    number: z.object({ value: z.string().nullable(), isRequired: z.boolean() }),
    groups: z.array(z.string().nullable()).describe("Headings in order; null: fields without one."),
    fields: z.array(FormField).describe("In the author's order."),
    accounts: z.array(FormAccount),
    problems: z.array(ConfigurationProblem).describe("What is wrong with what is stored now."),
  })
  .meta({ id: "ConfigurationForm" });
export type ConfigurationForm = z.infer<typeof ConfigurationForm>;

/** A configuration to look at; parts that are left out are taken as they are stored. */
export const ValidateConfiguration = z
  .strictObject({
    manifest: z.string().max(200).optional(),
    number: E164.nullable().optional(),
    connections: Connections.optional(),
    overlay: OverlayValues.optional(),
    tenantOverlay: OverlayValues.optional(),
  })
  .meta({ id: "ValidateConfiguration" });
export type ValidateConfiguration = z.infer<typeof ValidateConfiguration>;

export const ConfigurationValidation = z
  .object({
    isValid: z.boolean(),
    errors: z.array(ConfigurationProblem),
    warnings: z.array(ConfigurationProblem),
    bundleHash: z.string().nullable().describe("The release that it would make; null when it makes none."),
    isLive: z.boolean().describe("Whether that very release takes calls now: nothing would change."),
  })
  .meta({ id: "ConfigurationValidation" });
export type ConfigurationValidation = z.infer<typeof ConfigurationValidation>;

export const TimeZones = z
  .object({ items: z.array(z.object({ name: z.string(), offsetMinutes: z.int().describe("From UTC now.") })) })
  .meta({ id: "TimeZones" });
export type TimeZones = z.infer<typeof TimeZones>;
