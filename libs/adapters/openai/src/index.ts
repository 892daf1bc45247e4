import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** OpenAI and the services that speak its chat protocol. As a connection only its credential can be tried; `providers` answers calls. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const [{ openAccount }, { noResources }] = await Promise.all([import("./account.ts"), import("./resources.ts")]);
  return { account: openAccount(context), resources: noResources, close: () => Promise.resolve() };
});
