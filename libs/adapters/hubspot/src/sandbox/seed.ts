import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { plantToken, seedToken } from "./access.ts";
import { demoAccount } from "./account.ts";
import { isoNow } from "./answers.ts";
import { groups, type PipelineRow, pipelines, portalWorld, properties, records } from "./tables.ts";

/** Object → group → property → type; what every portal has of what playbooks use. */
const DEFINED: Readonly<
  Record<
    string,
    { readonly group: string; readonly label: string; readonly properties: Readonly<Record<string, string>> }
  >
> = {
  contacts: {
    group: "contactinformation",
    label: "Contact information",
    properties: {
      email: "string",
      firstname: "string",
      lastname: "string",
      phone: "string",
      mobilephone: "string",
      company: "string",
      jobtitle: "string",
      message: "string",
      address: "string",
      city: "string",
      zip: "string",
      website: "string",
      hs_lead_status: "string",
      lifecyclestage: "string",
      createdate: "datetime",
      lastmodifieddate: "datetime",
      hs_object_id: "number",
    },
  },
  deals: {
    group: "dealinformation",
    label: "Deal information",
    properties: {
      dealname: "string",
      amount: "number",
      pipeline: "string",
      dealstage: "string",
      closedate: "datetime",
      description: "string",
      dealtype: "string",
      createdate: "datetime",
      lastmodifieddate: "datetime",
      hs_object_id: "number",
    },
  },
  notes: {
    group: "engagement",
    label: "Engagement",
    properties: { hs_timestamp: "datetime", hs_note_body: "string", hs_object_id: "number" },
  },
};

const FIELD_TYPE: Readonly<Record<string, string>> = { string: "text", number: "number", datetime: "date" };

const STAGES = [
  ["appointmentscheduled", "Appointment Scheduled", "0.2"],
  ["qualifiedtobuy", "Qualified To Buy", "0.4"],
  ["closedwon", "Closed Won", "1.0"],
  ["closedlost", "Closed Lost", "0.0"],
] as const;

/** Input `{hubId, accessToken, scopes?}`: another customer's portal, with HubSpot's own schema only. */
export async function addPortal(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const { hubId, accessToken, scopes } = input;
  if (typeof hubId !== "number" || typeof accessToken !== "string")
    throw new TypeError("`hubId` must be a number and `accessToken` text");
  const granted = Array.isArray(scopes) ? scopes.map(String) : [...demoAccount.scopes];
  plantToken(world, accessToken, { scopes: granted, hubId });
  plantSchema(portalWorld(world, hubId));
  return { hubId };
}

/** The demo portal: HubSpot's own schema, its default pipeline, and two people. */
export function seedDemoPortal(world: SandboxWorld): void {
  seedToken(world);
  plantSchema(world);
  plantContact(world, "51", {
    email: "nora.quinn@example.com",
    firstname: "Nora",
    lastname: "Quinn",
    phone: "+12025550143",
  });
  plantContact(world, "52", { firstname: "Sam", lastname: "Ode", phone: "+12025550178" });
}

function plantSchema(world: SandboxWorld): void {
  for (const [object, { group, label, properties: types }] of Object.entries(DEFINED)) {
    if (groups(world).get(`${object}/${group}`) === undefined)
      groups(world).put(`${object}/${group}`, { object, name: group, label, displayOrder: 0 });
    for (const [name, type] of Object.entries(types)) plantProperty(world, { object, name, type, groupName: group });
  }
  if (pipelines(world).get("default") === undefined) pipelines(world).put("default", defaultPipeline(world));
}

function plantProperty(
  world: SandboxWorld,
  of: { object: string; name: string; type: string; groupName: string },
): void {
  if (properties(world).get(`${of.object}/${of.name}`) !== undefined) return;
  const at = isoNow(world);
  properties(world).put(`${of.object}/${of.name}`, {
    ...of,
    label: of.name,
    fieldType: FIELD_TYPE[of.type] ?? "text",
    description: "",
    options: [],
    hasUniqueValue: false,
    hubspotDefined: true,
    createdAt: at,
    updatedAt: at,
  });
}

function defaultPipeline(world: SandboxWorld): PipelineRow {
  const at = isoNow(world);
  const stages = STAGES.map(([id, label, probability], displayOrder) => ({
    id,
    label,
    displayOrder,
    metadata: { probability, isClosed: String(id.startsWith("closed")) },
    createdAt: at,
    updatedAt: at,
  }));
  return {
    id: "default",
    object: "deals",
    label: "Sales Pipeline",
    displayOrder: 0,
    stages,
    createdAt: at,
    updatedAt: at,
  };
}

function plantContact(world: SandboxWorld, id: string, values: Record<string, string>): void {
  const at = isoNow(world);
  if (records(world, "contacts").get(id) !== undefined) return;
  records(world, "contacts").put(id, {
    id,
    properties: { ...values, hs_object_id: id, createdate: at, lastmodifieddate: at },
    createdAt: at,
    updatedAt: at,
  });
}
