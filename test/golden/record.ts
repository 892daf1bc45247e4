import { ENGINE_VERSION } from "../../libs/engine/src/context.ts";
import { setFaultHook } from "../../libs/kernel/src/index.ts";
import { DEPLOYMENT_ID, seedDeployment } from "../../libs/testkit/src/builders/deployment.ts";
import { checkHistory } from "../../libs/testkit/src/history/check-history.ts";
import { MemoryDatabase } from "../../libs/testkit/src/store/memory-database.ts";
import { VirtualClock } from "../../libs/testkit/src/time/virtual-clock.ts";
import { VendorWorld } from "../../libs/testkit/src/vendors/vendor-world.ts";
import { Ground } from "./ground.ts";
import type { Boundary, GoldenJournal } from "./journal.ts";
import type { Story } from "./stories.ts";

/** Lives a story and writes down what there is at each boundary that its engine passes. Throws when an invariant breaks. */
export async function record(story: Story): Promise<GoldenJournal> {
  const clock = new VirtualClock();
  const database = new MemoryDatabase(() => clock.now());
  const world = new VendorWorld(() => clock.now());
  seedDeployment(database, world);
  const ground = new Ground({ clock, database, world, worker: "recorded" });
  ground.note("opened");
  void ground.engine.run();
  await playOut(ground, story.before, `the beginning of ${story.name}`);
  const boundaries: Boundary[] = [];
  const passed = new Map<string, number>();
  setFaultHook((point) => {
    passed.set(point, (passed.get(point) ?? 0) + 1);
    boundaries.push(boundaryOf(ground, point, passed.get(point) ?? 0));
    return undefined;
  });
  try {
    await playOut(ground, story.play, `the end of ${story.name}`);
    await ground.clock.run(ground.clock.sleep(5000), Number.POSITIVE_INFINITY);
  } finally {
    setFaultHook(undefined);
    void ground.engine.stop();
  }
  const history = [...database.history.events];
  ground.note("closed");
  const violations = checkHistory(database.history.events);
  if (violations.length > 0) throw new Error(`${story.name}: ${JSON.stringify(violations)}`);
  return { engineVersion: ENGINE_VERSION, story: story.name, history, boundaries };
}

async function playOut(ground: Ground, play: Story["play"], what: string): Promise<void> {
  const played = play(ground);
  const { rollouts } = ground.database.state(DEPLOYMENT_ID);
  if (!(await ground.clock.run(played, ground.clock.now() + 30 * 60_000)))
    throw new Error(`stuck before ${what}: ${JSON.stringify(rollouts.at(-1)?.reason ?? null)}`);
  await played;
}

/** A copy, so that what happens next leaves it as it is. */
function boundaryOf({ clock, database, world }: Ground, point: string, nth: number): Boundary {
  const present: Boundary = {
    point,
    nth,
    atMs: clock.now(),
    events: database.history.events.length,
    deployments: [...database.deployments],
    plans: [...database.plans],
    bundles: [...database.bundles],
    approvals: [...database.approvals],
    connections: database.connections,
    auditHeads: database.audit.heads,
    objects: [...world.objects.values()],
    routings: [...world.routings],
  };
  return JSON.parse(JSON.stringify(present)) as Boundary;
}
