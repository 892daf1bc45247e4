import type { VendorResources } from "@tandem/ports/vendor-resources";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openConnection, pipeline, startHubspot, target, optInProperty } from "../test/open-connection.ts";
import { PipelineFields } from "./descriptor.ts";

let running: RunningSandbox;
let resources: VendorResources;

beforeAll(async () => {
  running = await startHubspot();
  ({ resources } = await openConnection(running.origins["hubspot"] ?? ""));
});
afterAll(() => running.close());

const PIPELINE_ID = pipeline.externalKey;
const stages = (fields: unknown) => (fields as { stages: { key: string; label: string }[] }).stages;
const keysOf = (fields: unknown) => stages(fields).map((stage) => stage.key);

test("a pipeline's stages are found by our keys: the ids follow from them", async () => {
  const made = await resources.write("create", pipeline);
  expect(made).toMatchObject({ externalId: PIPELINE_ID, externalKey: PIPELINE_ID, fields: pipeline.fields });
  const [row] = (await running.control.rows<{ id: string; stages: { id: string }[] }>("hubspot", "pipelines")).filter(
    ({ id }) => id === PIPELINE_ID,
  );
  expect(row?.stages.map((stage) => stage.id)).toEqual(
    ["fresh", "qualified", "lost"].map((key) => `${PIPELINE_ID}_${key}`),
  );
});

test("creating it again finds the first one", async () => {
  expect(await resources.write("create", pipeline)).toMatchObject({ externalId: PIPELINE_ID });
  expect((await running.control.ledger({ vendor: "hubspot" })).filter(({ kind }) => kind === "pipeline")).toHaveLength(
    1,
  );
});

test("an update adds and renames in one request, and takes nothing away", async () => {
  await running.control.act("hubspot", "editPipeline", {
    pipelineId: PIPELINE_ID,
    addStage: { id: "777", label: "By hand" },
  });
  const before = (await running.control.ledger({ vendor: "hubspot" })).length;
  const wanted = {
    ...pipeline,
    externalId: PIPELINE_ID,
    fields: {
      object: "deals",
      label: "Leads",
      stages: [
        { key: "fresh", label: "Just called", probability: 0.3, displayOrder: 0 },
        { key: "won", label: "Won", probability: 1, displayOrder: 3 },
      ],
    },
  };
  const written = (await resources.write("update", wanted))!;
  expect(keysOf(written.fields)).toEqual(["fresh", "qualified", "lost", "won", "id:777"]);
  expect(stages(written.fields)[0]).toMatchObject({ label: "Just called", probability: 0.3 });
  expect(resources.reached("update", wanted, written)).toBe(true);
  expect(resources.reached("update", { ...wanted, fields: { ...wanted.fields, label: "Other" } }, written)).toBe(false);
  expect((await running.control.ledger({ vendor: "hubspot" })).length).toBe(before + 1);
});

test("what was observed can be written back with something added, stages that people added included", async () => {
  const observed = (await resources.read("crm.pipeline", PIPELINE_ID))!;
  const added = { key: "callback", label: "Call back", probability: 0.25, displayOrder: 4 };
  const fields = { ...observed.fields, stages: [...stages(observed.fields), added] };
  expect(PipelineFields.safeParse(fields).success).toBe(true);
  const wanted = { ...pipeline, externalId: PIPELINE_ID, fields };
  const written = (await resources.write("update", wanted))!;
  expect(keysOf(written.fields).toSorted()).toEqual(["callback", "fresh", "id:777", "lost", "qualified", "won"]);
  expect(resources.reached("update", wanted, written)).toBe(true);
});

test("an edit in the portal shows as drift", async () => {
  await running.control.act("hubspot", "editPipeline", { pipelineId: PIPELINE_ID, label: "Renamed by hand" });
  expect(await resources.read("crm.pipeline", PIPELINE_ID)).toMatchObject({ fields: { label: "Renamed by hand" } });
});

test("a pipeline with deals in it is not removed, and people's pipelines never", async () => {
  const { crm } = await openConnection(running.origins["hubspot"] ?? "");
  const deal = { key: "d1", name: "Deal", pipelineId: PIPELINE_ID, stageId: "fresh", contactId: "51", properties: {} };
  await crm!.upsertDeal(deal);
  const removal = { ...pipeline, externalId: PIPELINE_ID, fields: null };
  await expect(resources.write("delete", removal)).rejects.toMatchObject({
    facts: { fault: "invalid", effect: "none" },
  });
  await expect(resources.write("delete", { ...removal, externalId: "default" })).rejects.toMatchObject({
    facts: { fault: "invalid", effect: "none" },
  });
});

test("a property of ours keeps options that records may hold", async () => {
  const made = await resources.write("create", optInProperty);
  const wanted = {
    ...optInProperty,
    externalId: made!.externalId,
    fields: {
      ...optInProperty.fields,
      options: [
        { label: "Surely", value: "true" },
        { label: "Perhaps", value: "maybe" },
      ],
    },
  };
  const written = (await resources.write("update", wanted))!;
  expect(written.fields["options"]).toEqual([
    { label: "Surely", value: "true" },
    { label: "Perhaps", value: "maybe" },
    { label: "No", value: "false" },
  ]);
  expect(resources.reached("update", wanted, written)).toBe(true);
});

test("a property of somebody else is neither taken over nor removed", async () => {
  await running.control.act("hubspot", "editProperty", {
    object: "contacts",
    name: "tandem_opt_in",
    description: "Now theirs",
  });
  await expect(resources.write("create", optInProperty)).rejects.toMatchObject({
    facts: { fault: "conflict", effect: "none" },
  });
  const removal = { ...optInProperty, externalId: "contacts/tandem_opt_in", fields: null };
  await expect(resources.write("delete", removal)).rejects.toMatchObject({
    facts: { fault: "invalid", effect: "none" },
  });
  expect(await resources.read("crm.property", "contacts/email")).toMatchObject({
    externalKey: null,
    fields: { name: "email" },
  });
});

test("a property goes into a group of ours by the name that was declared", async () => {
  const group = await resources.write(
    "create",
    target("crm.property-group", "grp", { object: "contacts", name: "tandem", label: "Tandem" }),
  );
  expect(group!.externalId).toBe(`tandem_contacts_${"grp".padEnd(26, "0")}`);
  const fields = { ...optInProperty.fields, name: "tandem_source", group: "tandem" };
  const made = await resources.write("create", target("crm.property", "source", fields));
  expect(made).toMatchObject({ externalId: "contacts/tandem_source", fields });
  const rows = await running.control.rows<{ name: string; groupName: string }>("hubspot", "properties");
  expect(rows.find((row) => row.name === "tandem_source")?.groupName).toBe(group!.externalId);
  const unknown = target("crm.property", "unknown", { ...fields, name: "tandem_lost", group: "never_made" });
  await expect(resources.write("create", unknown)).rejects.toMatchObject({
    facts: { fault: "invalid", effect: "none" },
  });
});

test("fields are strict, and may hold references while a plan is made", () => {
  expect(PipelineFields.safeParse(pipeline.fields).success).toBe(true);
  expect(
    PipelineFields.safeParse({ ...pipeline.fields, label: { $ref: "crm.pipeline/x", part: "externalId" } }).success,
  ).toBe(true);
  expect(PipelineFields.safeParse({ ...pipeline.fields, colour: "blue" }).success).toBe(false);
  expect(
    PipelineFields.safeParse({
      ...pipeline.fields,
      stages: [{ key: "Not-Snake", label: "x", probability: 0.5, displayOrder: 0 }],
    }).success,
  ).toBe(false);
});
