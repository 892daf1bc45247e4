import { defineAdapter } from "@tandem/ports/adapter";
import { nothingDeployed } from "@tandem/ports/nothing-deployed";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** Deepgram: speech to text and text to speech. Nothing is provisioned there; a connection answers for its key. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const { openAccount } = await import("./account.ts");
  return { account: openAccount(context), resources: nothingDeployed("deepgram"), close: () => Promise.resolve() };
});
