import { ask } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check } from "./check.ts";

/** What the carrier sends is what the agent hears: a mismatch cannot be deployed. */
export const checkAudio: Check = async (facts) => {
  const connectionId = facts.bundle.connections.telephony?.connectionId;
  if (connectionId === undefined) return [];
  const { encoding, sampleRateHz } = facts.bundle.agent.audio;
  return ask(facts, connectionId, async ({ telephony }) => {
    if (
      telephony === undefined ||
      (telephony.audio.encoding === encoding && telephony.audio.sampleRateHz === sampleRateHz)
    )
      return [];
    const carrier = `${telephony.audio.encoding} at ${telephony.audio.sampleRateHz} Hz`;
    return [
      finding(
        "audio-mismatch",
        facts.bundle.agent.resource ?? "agent",
        `carrier ${carrier}, agent ${encoding} at ${sampleRateHz} Hz`,
      ),
    ];
  });
};
