import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** ElevenLabs: text to speech. What is deployed is our own choice of model and voice; at the vendor there is nothing to write. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const { openAccount } = await import("./account.ts");
  return openAccount(context);
});
