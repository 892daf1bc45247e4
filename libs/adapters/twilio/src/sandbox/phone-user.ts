import type { SandboxWorld } from "@tandem/ports/sandbox";
import { endCallAction } from "./call-routes.ts";
import { streamOf } from "./live-stream.ts";
import type { PhoneUser } from "./phone.ts";

/** The person at the phone of a call: heard by whatever the call is connected to at the moment. */
export const phoneUser = (world: SandboxWorld, callSid: string): PhoneUser => ({
  speak: (audio) => streamOf(callSid)?.speak(audio),
  press: (digit) => streamOf(callSid)?.press(digit),
  hangUp: () => {
    endCallAction({ callSid, by: "caller" }, world).catch((error: unknown) =>
      console.error("sandbox twilio: hanging up failed", error),
    );
  },
});
