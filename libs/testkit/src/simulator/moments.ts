import type { RolloutPolicy } from "@tandem/domain/rollout";
import { everyGateOpen } from "../scene/scene.ts";
import { SeededRng } from "../time/seeded-rng.ts";
import { type Foundation, momentOf } from "./foundation.ts";
import { foundations } from "./foundations.ts";
import { Installation } from "./installation.ts";
import { lookAfter } from "./people.ts";
import { places, releaseFor } from "./places.ts";

/** What happens to the rollout whose moments are kept. */
interface Story {
  /** 0: the first rollout of an installation, 1 or 2: an update. */
  readonly age: 0 | 1 | 2;
  readonly policy: Partial<RolloutPolicy>;
  /** In which phase somebody does something; null: nobody does. */
  readonly click: { readonly phase: string; readonly ask: "rollback" | "abort" } | null;
}

const CANARY: Partial<RolloutPolicy> = {
  strategy: { kind: "canary", steps: [500, 5000].map((weightBp) => ({ weightBp, watchMs: 800 })) },
};
const GATED: Partial<RolloutPolicy> = { approval: "required", approvals: 2, promotion: "manual" };

const stories: readonly Story[] = [
  { age: 0, policy: GATED, click: null },
  { age: 1, policy: GATED, click: null },
  { age: 2, policy: CANARY, click: null },
  { age: 2, policy: {}, click: { phase: "baking", ask: "rollback" } },
  { age: 1, policy: CANARY, click: { phase: "shifting", ask: "rollback" } },
  { age: 2, policy: { promotion: "manual" }, click: { phase: "awaiting-promotion", ask: "abort" } },
];

let made: Promise<readonly Foundation[]> | undefined;

/** Installations in the middle of a rollout: one for each commit and each effect at a vendor of some undisturbed stories. Made once. */
export function moments(): Promise<readonly Foundation[]> {
  made ??= Promise.all(stories.map(momentsOf)).then((each) => each.flat());
  return made;
}

async function momentsOf({ age, policy, click }: Story, index: number): Promise<Foundation[]> {
  const installation = new Installation(new SeededRng(index + 1), (await foundations())[age], true);
  const { clock, database, world, operator } = installation;
  const [place] = places;
  const { deploymentId } = place;
  const kept: Foundation[] = [];
  const newest = () => database.state(deploymentId).rollouts.at(-1);
  const { listener } = database.history;
  database.history.listener = (event) => {
    listener?.(event);
    if (event.kind === "committed" || event.kind === "effected") kept.push(momentOf(database, world, clock.now()));
  };
  installation.start();
  const { bundle, hash } = releaseFor(place, {
    prompt: "prompt 3",
    voice: "bright",
    properties: index % 2 === 0 ? ["lead_source", "callers"] : [],
    lists: ["callers"],
    hasCalendar: true,
  });
  const story = async (): Promise<void> => {
    await operator.start(deploymentId, {
      bundle,
      bundleHash: hash,
      policy: { ...everyGateOpen, bakeMs: 2500, ...policy },
    });
    installation.ring(place);
    if (click === null) return lookAfter(installation, place);
    while (newest()?.phase !== click.phase) await database.history.next();
    await (click.ask === "abort" ? operator.ask(deploymentId, "abort") : operator.rollback(deploymentId));
    await lookAfter(installation, place);
  };
  const told = story();
  if (!(await clock.run(told, clock.now() + 600_000))) throw new Error("an undisturbed story did not end");
  await told;
  return kept.slice(0, -1);
}
