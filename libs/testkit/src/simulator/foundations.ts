import { everyGateOpen } from "../scene/scene.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { bareFoundation, type Foundation, foundationOf } from "./foundation.ts";
import { Installation } from "./installation.ts";
import { places, releaseFor } from "./places.ts";

let made: Promise<readonly [Foundation, Foundation, Foundation]> | undefined;

/** How old an installation is when a run begins: never rolled out · one release live · one live and the one before it intact. Made once. */
export function foundations(): Promise<readonly [Foundation, Foundation, Foundation]> {
  made ??= make();
  return made;
}

async function make(): Promise<readonly [Foundation, Foundation, Foundation]> {
  const bare = bareFoundation();
  const young = await grown(bare, "prompt 1");
  return [bare, young, await grown(young, "prompt 2")];
}

/** The next age: one release rolled out everywhere, with nothing in the way. */
async function grown(from: Foundation, prompt: string): Promise<Foundation> {
  const installation = new Installation(new SeededRng(1), from, true);
  const { clock, database, operator, world } = installation;
  installation.start();
  const story = async (): Promise<void> => {
    for (const place of places) {
      const { bundle, hash } = releaseFor(place, { prompt, voice: "calm", properties: ["lead_source"] });
      const policy = { ...everyGateOpen, bakeMs: 500 };
      await operator.start(place.deploymentId, { bundle, bundleHash: hash, policy });
    }
    const isOver = () =>
      places.every(({ deploymentId }) => database.state(deploymentId).rollouts.at(-1)?.phase === "succeeded");
    while (!isOver()) await clock.sleep(500);
  };
  if (!(await clock.run(story(), clock.now() + 600_000))) throw new Error("the undisturbed rollout did not succeed");
  await clock.run(clock.sleep(60_000), Number.POSITIVE_INFINITY);
  return foundationOf(database, world, clock.now());
}
