import { resourcesContract, type ResourceSubject } from "@tandem/ports/contract/resources.contract";
import { pipeline, openConnection, startHubspot, optInProperty } from "../test/open-connection.ts";
import { descriptor } from "./descriptor.ts";
import { demoAccount } from "./sandbox.ts";

type Chosen = Pick<ResourceSubject, "writes" | "fields" | "unknownId" | "invalidFields">;

const DEADLINE_MS = 1000;

const kinds: Readonly<Record<string, Chosen>> = {
  "crm.property-group": {
    writes: { method: "POST", path: "/groups$" },
    fields: (number) => ({ object: "deals", name: "tandem", label: `Group ${number}` }),
    unknownId: "tandem_deals_vvvvvvvvvvvvvvvvvvvvvvvvvv",
    invalidFields: { object: "tickets", name: "tandem", label: "Group" },
  },
  "crm.property": {
    writes: { method: "POST", path: "/properties/contacts$" },
    fields: (number) => ({
      ...optInProperty.fields,
      name: number === 2 ? "p_1" : `p_${number}`,
      label: `Property ${number}`,
    }),
    unknownId: "contacts/never_made",
    invalidFields: { ...optInProperty.fields, name: "Not Lower Case" },
  },
  "crm.pipeline": {
    writes: { method: "POST", path: "/pipelines/deals$" },
    fields: (number) => ({ ...pipeline.fields, label: `Pipeline ${number}` }),
    unknownId: "vvvvvvvvvvvvvvvvvvvvvvvvvv",
    invalidFields: { ...pipeline.fields, stages: [] },
  },
};

for (const [kind, chosen] of Object.entries(kinds)) {
  resourcesContract(`hubspot ${kind}`, async () => {
    const running = await startHubspot();
    const connection = await openConnection(running.origins["hubspot"] ?? "", { deadlineMs: DEADLINE_MS });
    return {
      ...chosen,
      resources: connection.resources,
      kind: descriptor.resources.find((each) => each.kind === kind)!,
      control: running.control,
      vendor: "hubspot",
      deadlineMs: DEADLINE_MS,
      credential: demoAccount.accessToken,
      close: async () => {
        await connection.close();
        await running.close();
      },
    };
  });
}
