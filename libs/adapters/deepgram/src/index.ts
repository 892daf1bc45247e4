import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** Deepgram: speech to text and text to speech. Nothing is provisioned there; a connection answers for its key. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const { openAccount, noResources } = await import("./account.ts");
  return { account: openAccount(context), resources: noResources, close: () => Promise.resolve() };
});
