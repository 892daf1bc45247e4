import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** Our own engine speaks on the carrier's audio stream, in the carrier's own encoding: nothing between them converts. */
export const checkStream: Check = async ({ observer, bundle }) => {
  const { kind, audio } = bundle.agent;
  if (kind !== "tandem") return [];
  const vendor = bundle.connections.telephony?.vendor;
  const missing =
    vendor === undefined || !observer.context.vendors.carriesStream(vendor)
      ? [finding("stream-missing", "agent", vendor ?? "no telephony account")]
      : [];
  const isCarrierFormat = audio.encoding === "mulaw" && audio.sampleRateHz === 8000;
  return isCarrierFormat
    ? missing
    : [...missing, finding("stream-encoding", "agent", `${audio.encoding} at ${audio.sampleRateHz} Hz`)];
};
