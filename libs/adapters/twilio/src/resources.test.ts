import type { Telephony } from "@tandem/ports/telephony";
import { resourcesContract } from "@tandem/ports/contract/resources.contract";
import { DEADLINE_MS, openConnection, startTwilio } from "../test/open-connection.ts";
import { numberKind } from "./descriptor.ts";
import { demoAccount } from "./sandbox.ts";

resourcesContract("twilio telephony.number", async () => {
  const running = await startTwilio();
  const { resources, telephony } = await openConnection(running);
  const number = demoAccount.numbers[0];
  const routing = await (telephony as Telephony).readRouting(number);
  return {
    resources,
    kind: numberKind,
    control: running.control,
    vendor: "twilio",
    deadlineMs: DEADLINE_MS,
    credential: demoAccount.authToken,
    writes: { method: "POST", path: "/IncomingPhoneNumbers/" },
    fields: (each) => ({
      number,
      voiceUrl: `https://media.example/voice/${each}`,
      voiceFallbackUrl: `https://fallback.example/${each}`,
      statusCallbackUrl: `https://media.example/status/${each}`,
    }),
    existing: { externalId: routing?.numberId ?? "", externalKey: number },
    unknownId: "PN00000000000000000000000000000000",
    invalidFields: { number, voiceUrl: "not an address" },
    close: () => running.close(),
  };
});
