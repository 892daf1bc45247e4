// A tenant with a deployment on a real database, and calls that are over, made as the store's own tests make them.
import { openSessionWriter } from "@tandem/store";
import { pastCall, turnOf } from "../../../libs/store/test-support/past-call.ts";
import { newDeployment, newTenant, openWorld, startRollout } from "../../../libs/store/test-support/world.ts";

const DAY_MS = 86_400_000;

export async function openPastOffice() {
  const world = await openWorld();
  const served = await newDeployment(world, await newTenant(world));
  return {
    world,
    /** Records a call of one turn that was held so many days ago. */
    recordCall: async (sessionId: string, daysAgo: number): Promise<void> => {
      const writer = openSessionWriter({ url: world.database.mediaUrl });
      const startedAtMs = Date.now() - daysAgo * DAY_MS;
      await writer.write(pastCall(served, { sessionId, startedAtMs, from: "+15550001111" }, [turnOf(1, 100)]));
      await writer.close();
    },
    call: (sessionId: string) => world.control.session(served.actor, sessionId, { withTexts: true }),
    /** Starts a rollout; answers its id. */
    startRollout: async (): Promise<string> => (await startRollout(world, served)).id,
  };
}

export type PastOffice = Awaited<ReturnType<typeof openPastOffice>>;
