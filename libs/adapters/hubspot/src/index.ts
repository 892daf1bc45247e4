import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

/** HubSpot. The SDK is loaded when a connection is opened. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const [{ openHubspot }, { hubspotCrm }, { hubspotResources }] = await Promise.all([
    import("./client.ts"),
    import("./crm.ts"),
    import("./resources.ts"),
  ]);
  const client = await openHubspot(context);
  return {
    resources: hubspotResources(client, context.clock),
    crm: hubspotCrm(client, context.clock),
    close: async () => {},
  };
});
