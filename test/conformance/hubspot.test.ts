import { adapter } from "@tandem/hubspot";
import { demoAccount, sandbox } from "@tandem/hubspot/sandbox";
import { Secret, systemClock } from "@tandem/kernel";
import type { OpenConnection } from "@tandem/ports/adapter";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubspotInterface, type HubspotSdkInterface } from "./hubspot-interface.ts";
import { deviations, touched, type VendorInterface } from "./interface.ts";
import { type Recording, startRecording } from "./recording.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const SPEC = "hubspot/hubspot-sdk-14.0.1.interface.json";

describeWithSpec(SPEC, "HubSpot", () => {
  let vendor: VendorInterface;
  let recording: Recording;
  beforeAll(async () => {
    vendor = hubspotInterface(readSpec<HubspotSdkInterface>(SPEC));
    recording = await startRecording([sandbox]);
    const connection = await open(recording);
    await useSchema(connection);
    await useRecords(connection);
    await useRest(recording);
    await useRefusals(recording, connection);
  });
  afterAll(() => recording.running.close());

  test("every request of the adapter and every answer of the emulator is as the vendor describes it", () => {
    expect(deviations(vendor, recording.exchanges)).toEqual([]);
  });

  test("every operation that the adapter uses and that the emulator offers was exercised", () => {
    expect(touched(vendor, recording.exchanges)).toMatchInlineSnapshot(`
      [
        "DELETE /crm/v3/objects/contacts/{contactId}",
        "DELETE /crm/v3/objects/deals/{dealId}",
        "DELETE /crm/v3/objects/notes/{noteId}",
        "DELETE /crm/v3/pipelines/{objectType}/{pipelineId}",
        "DELETE /crm/v3/properties/{objectType}/groups/{groupName}",
        "DELETE /crm/v3/properties/{objectType}/{propertyName}",
        "GET /crm/v3/objects/contacts/{contactId}",
        "GET /crm/v3/objects/deals/{dealId}",
        "GET /crm/v3/pipelines/{objectType}",
        "GET /crm/v3/pipelines/{objectType}/{pipelineId}",
        "GET /crm/v3/properties/{objectType}",
        "GET /crm/v3/properties/{objectType}/groups",
        "GET /crm/v3/properties/{objectType}/groups/{groupName}",
        "GET /crm/v3/properties/{objectType}/{propertyName}",
        "GET /crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}",
        "PATCH /crm/v3/objects/contacts/{contactId}",
        "PATCH /crm/v3/objects/deals/{dealId}",
        "PATCH /crm/v3/pipelines/{objectType}/{pipelineId}",
        "PATCH /crm/v3/properties/{objectType}/groups/{groupName}",
        "PATCH /crm/v3/properties/{objectType}/{propertyName}",
        "POST /crm/v3/objects/contacts",
        "POST /crm/v3/objects/contacts/batch/read",
        "POST /crm/v3/objects/contacts/batch/upsert",
        "POST /crm/v3/objects/contacts/search",
        "POST /crm/v3/objects/deals",
        "POST /crm/v3/objects/deals/batch/read",
        "POST /crm/v3/objects/deals/search",
        "POST /crm/v3/objects/notes",
        "POST /crm/v3/objects/notes/batch/read",
        "POST /crm/v3/pipelines/{objectType}",
        "POST /crm/v3/properties/{objectType}",
        "POST /crm/v3/properties/{objectType}/groups",
        "POST /oauth/v2/private-apps/get/access-token-info",
        "PUT /crm/v3/pipelines/{objectType}/{pipelineId}",
        "PUT /crm/v4/objects/{fromObjectType}/{fromObjectId}/associations/default/{toObjectType}/{toObjectId}",
      ]
    `);
  });

  test("refusals of every kind were among them", () => {
    const statuses = new Set(recording.exchanges.map(({ response }) => response.status));
    expect([200, 201, 204, 207, 400, 401, 403, 404, 409].filter((status) => !statuses.has(status))).toEqual([]);
  });

  test("the check can fail", () => {
    const create = recording.exchanges.find(
      ({ request }) => request.method === "POST" && request.path.endsWith("/properties/contacts"),
    );
    if (create === undefined) throw new Error("no property was created");
    const request = { ...create.request, body: create.request.body.replace('"fieldType"', '"fieldKind"') };
    const response = { status: 200, body: { name: 7 } };
    const found = deviations(vendor, [{ ...create, request, response }]).join("\n");
    expect(found).toContain("body lacks fieldType");
    expect(found).toContain("body has fieldKind, which is not described");
    expect(found).toContain("status 200, which makes the SDK throw");
    expect(deviations(vendor, [{ ...create, response: { status: 201, body: { name: 7 } } }]).join()).toContain(
      "body.name must be a string",
    );
  });
});

const open = (recording: Recording): Promise<OpenConnection> =>
  adapter.open({
    connectionId: "c",
    config: {},
    secrets: { accessToken: new Secret(demoAccount.accessToken) },
    baseUrl: recording.origin("hubspot"),
    clock: systemClock,
    deadlineMs: 5000,
  });

const refused = (call: Promise<unknown>): Promise<unknown> => call.catch(() => undefined);
const target = (kind: string, number: number, fields: Record<string, never> | object) => ({
  kind,
  externalKey: `k${String(number).padStart(25, "0")}`,
  externalId: null,
  fields: fields as Record<string, never>,
  label: kind,
});

const group = target("crm.property-group", 1, { object: "contacts", name: "tandem", label: "Tandem" });
const property = target("crm.property", 2, {
  object: "contacts",
  name: "tandem_need",
  label: "Need",
  type: "enumeration",
  fieldType: "select",
  group: "tandem",
  options: [{ label: "Soon", value: "soon" }],
  hasUnique: false,
});
const pipeline = target("crm.pipeline", 3, {
  object: "deals",
  label: "Calls",
  stages: [
    { key: "fresh", label: "New", probability: 0.1, displayOrder: 0 },
    { key: "won", label: "Won", probability: 1, displayOrder: 1 },
  ],
});

/** Every method of the resources port, on every kind. */
async function useSchema({ resources }: OpenConnection): Promise<void> {
  for (const write of [group, property, pipeline]) {
    const externalId = (await resources.write("create", write))?.externalId ?? "";
    await resources.write("create", write);
    await resources.write("update", { ...write, externalId });
    await resources.read(write.kind, externalId);
    await resources.findByKey(write.kind, write.externalKey);
  }
  const spare = { ...pipeline, ...target("crm.pipeline", 4, { ...pipeline.fields, label: "Spare" }) };
  const gone = [
    { ...spare, externalId: (await resources.write("create", spare))?.externalId ?? "" },
    { ...property, externalId: "contacts/tandem_need" },
    { ...group, externalId: `tandem_contacts_${group.externalKey}` },
  ];
  for (const write of gone) {
    await resources.write("delete", { ...write, fields: null });
    await resources.read(write.kind, write.externalId);
  }
}

async function useRecords({ crm }: OpenConnection): Promise<void> {
  if (crm === undefined) throw new Error("hubspot has no crm");
  await crm.probe();
  const { contactId } = await crm.upsertContact({
    email: "ada@example.com",
    phone: "+12025550111",
    name: "Ada Byron",
    properties: {},
    isTest: true,
  });
  await crm.upsertContact({ email: "ada@example.com", properties: { company: "Analytical" }, isTest: true });
  await crm.upsertContact({ phone: "+12025550112", properties: {}, isTest: false });
  const deal = {
    key: "d1",
    name: "Deal",
    pipelineId: pipeline.externalKey,
    stageId: "fresh",
    contactId,
    properties: { amount: "10" },
    isTest: true,
  };
  const { dealId } = await crm.upsertDeal(deal);
  await crm.upsertDeal({ ...deal, stageId: "won" });
  await crm.addNote(contactId, "Called at noon", "n1");
  await crm.addNote(contactId, "Called at noon", "n1");
  await crm.removeTestDeal(dealId);
  await crm.removeTestContact(contactId);
  await crm.removeTestContact(contactId);
}

/** What the emulator offers beyond the adapter. */
async function useRest(recording: Recording): Promise<void> {
  const ask = (method: string, path: string, body?: object) =>
    fetch(recording.origin("hubspot") + path, {
      method,
      headers: { authorization: `Bearer ${demoAccount.accessToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const upsert = {
    inputs: [
      { id: "nora.quinn@example.com", idProperty: "email", properties: { company: "Quinn" } },
      { id: "new@example.com", idProperty: "email", properties: {} },
    ],
  };
  await ask("POST", "/crm/v3/objects/contacts/batch/upsert", upsert);
  await ask("POST", "/crm/v3/objects/contacts/batch/read", {
    inputs: [{ id: "51" }, { id: "404" }],
    properties: ["email"],
    propertiesWithHistory: [],
  });
  await ask("POST", "/crm/v3/objects/contacts/search", {
    limit: 1,
    properties: ["email"],
    filterGroups: [{ filters: [{ propertyName: "email", operator: "HAS_PROPERTY" }] }],
  });
  await ask("POST", "/crm/v3/objects/deals", {
    properties: { dealname: "By hand", pipeline: "default", dealstage: "closedwon" },
  });
  const deal = (await (
    await ask("POST", "/crm/v3/objects/deals/search", { properties: ["dealname"], filterGroups: [] })
  ).json()) as { results: { id: string }[] };
  await ask("PUT", `/crm/v4/objects/deals/${deal.results[0]?.id}/associations/default/contacts/51`);
  await ask("GET", `/crm/v3/objects/deals/${deal.results[0]?.id}?associations=contacts&properties=dealname`);
  await ask("GET", "/crm/v4/objects/contacts/51/associations/deals?limit=10");
  await ask("GET", "/crm/v3/pipelines/deals");
  await ask("PATCH", `/crm/v3/pipelines/deals/${pipeline.externalKey}`, { label: "Renamed" });
  await ask("PATCH", "/crm/v3/objects/contacts/51", { properties: { email: "new@example.com" } });
  await ask("POST", "/crm/v3/objects/contacts", { properties: { unheard_of: "x" } });
}

async function useRefusals({ running }: Recording, { resources, crm }: OpenConnection): Promise<void> {
  await running.control.act("hubspot", "setGrantedScopes", { scopes: ["crm.objects.contacts.read"] });
  await refused(resources.write("create", pipeline));
  await running.control.act("hubspot", "setGrantedScopes", { scopes: [...demoAccount.scopes] });
  await running.control.revoke("hubspot", demoAccount.accessToken);
  await refused(crm?.probe() ?? Promise.resolve());
  await refused(resources.read("crm.property", "contacts/email"));
  await running.control.restore("hubspot", demoAccount.accessToken);
}
