import type { Office } from "./office.ts";
import { eventually } from "./patience.ts";
import { publishShort } from "./spoken.ts";

/**
 * Brings an office's first release live, with one short smoke conversation: the long ones are tried elsewhere. What a busy machine did to a
 * smoke call is tried again, three times at most.
 */
export async function goLive(office: Office): Promise<void> {
  await publishShort(office, { version: "9.3.0", greeting: "How can I help you?", hears: "How can I help you" });
  const { id } = await office.roll();
  for (let tries = 1; ; tries += 1) {
    const { phase, reason } = await office.reach(id, ["succeeded", "held"], 300_000);
    if (phase === "succeeded") return;
    if (reason?.code !== "smoke-failed" || tries === 3) throw new Error(JSON.stringify(reason));
    await office.api.post(`/v1/rollouts/${id}/resume`, {});
    await eventually("it goes on", async () => ((await office.rollout(id)).phase === "held" ? undefined : true));
  }
}
