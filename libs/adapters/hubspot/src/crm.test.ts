import { crmContract } from "@tandem/ports/contract/crm.contract";
import { openConnection, pipeline, startHubspot } from "../test/open-connection.ts";

interface Row {
  readonly id: string;
  readonly properties: Record<string, string>;
}
interface Association {
  readonly fromType: string;
  readonly fromId: string;
  readonly toType: string;
  readonly toId: string;
}

crmContract("hubspot", async () => {
  const running = await startHubspot();
  const { control } = running;
  const connection = await openConnection(running.origins["hubspot"] ?? "");
  await connection.resources.write("create", pipeline);
  const row = async (table: string, id: string) =>
    (await control.rows<Row>("hubspot", table)).find((each) => each.id === id);
  const associated = async (fromType: string, fromId: string, toType: string) =>
    (await control.rows<Association>("hubspot", "associations"))
      .filter((each) => each.fromType === fromType && each.fromId === fromId && each.toType === toType)
      .map((each) => each.toId);
  return {
    crm: connection.crm!,
    pipelineId: pipeline.externalKey,
    stages: ["fresh", `${pipeline.externalKey}_qualified`],
    addByHand: async (properties) => (await control.act<Row>("hubspot", "addContact", { properties })).id,
    contact: async (id) => (await row("contacts", id))?.properties ?? null,
    deal: async (id) => {
      const found = await row("deals", id);
      if (found === undefined) return null;
      const { dealstage = "", dealname = "" } = found.properties;
      return { stageId: dealstage, name: dealname, contactIds: await associated("deals", id, "contacts") };
    },
    notes: async (contactId) => {
      const ids = await associated("contacts", contactId, "notes");
      return (await control.rows<Row>("hubspot", "notes"))
        .filter((note) => ids.includes(note.id))
        .map((note) => note.properties["hs_note_body"] ?? "");
    },
    setSearchLag: async (listLagMs) => void (await control.setPace("hubspot", { listLagMs })),
    close: async () => {
      await connection.close();
      await running.close();
    },
  };
});
