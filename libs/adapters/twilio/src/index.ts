import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** Twilio: telephony. The SDK is loaded when the first connection is opened. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const [{ openAccount }, { openTelephony }, { openResources }] = await Promise.all([
    import("./account.ts"),
    import("./telephony.ts"),
    import("./resources.ts"),
  ]);
  const account = await openAccount(context);
  return {
    telephony: openTelephony(account),
    resources: openResources(account, context.clock),
    close: () => Promise.resolve(),
  };
});
