import type { RolloutPolicy, Strategy } from "../../libs/domain/src/rollout/index.ts";
import { buildBundle } from "../../libs/testkit/src/builders/bundle.ts";
import { DEPLOYMENT_ID } from "../../libs/testkit/src/builders/deployment.ts";
import { everyGateOpen } from "../../libs/testkit/src/scene/scene.ts";
import type { Ground } from "./ground.ts";

/** What is recorded: what happened before, and what happens while every boundary is written down. */
export interface Story {
  readonly name: string;
  readonly before: (ground: Ground) => Promise<void>;
  readonly play: (ground: Ground) => Promise<void>;
}

const phase = ({ database }: Ground): string => database.state(DEPLOYMENT_ID).rollouts.at(-1)?.phase ?? "";

async function until(ground: Ground, wanted: string): Promise<void> {
  while (phase(ground) !== wanted) await ground.clock.sleep(50);
}

const tool = {
  name: "book",
  description: "",
  operation: "calendar.book" as const,
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 500,
};
const scenario = {
  name: "books",
  steps: [
    { do: "answer" as const, expect: "agent" as const },
    { do: "tool" as const, tool: "book", arguments: {}, expect: "success" as const },
  ],
};

function start(
  { operator }: Ground,
  prompt: string,
  properties: string[],
  policy: Partial<RolloutPolicy>,
): Promise<string> {
  const patch = { tools: [tool], smoke: [scenario] };
  const { bundle, hash } = buildBundle({ deploymentId: DEPLOYMENT_ID, prompt, properties, patch });
  return operator.start(DEPLOYMENT_ID, {
    bundle,
    bundleHash: hash,
    policy: { ...everyGateOpen, bakeMs: 500, ...policy },
  });
}

async function toTheEnd(
  ground: Ground,
  prompt: string,
  properties: string[],
  policy: Partial<RolloutPolicy> = {},
): Promise<void> {
  await start(ground, prompt, properties, policy);
  await until(ground, "succeeded");
}

const nothing = async (): Promise<void> => {};
const first = (ground: Ground): Promise<void> => toTheEnd(ground, "one", ["lead_source"]);
const twice = async (ground: Ground): Promise<void> => {
  await first(ground);
  await toTheEnd(ground, "two", ["lead_source"]);
};

const steps: Strategy = {
  kind: "canary",
  steps: [
    { weightBp: 500, watchMs: 300 },
    { weightBp: 2500, watchMs: 300 },
  ],
};
const aSmallShare: Strategy = { kind: "canary", steps: [{ weightBp: 100, watchMs: 60_000 }] };

export const stories: readonly Story[] = [
  { name: "first-rollout", before: nothing, play: first },
  {
    name: "approved-update",
    before: twice,
    play: async (ground) => {
      await start(ground, "three", [], { approval: "required" });
      while (ground.database.state(DEPLOYMENT_ID).rollouts.at(-1)?.reason?.code !== "awaiting-approval")
        await ground.clock.sleep(50);
      await ground.operator.ask(DEPLOYMENT_ID, "approve");
      await until(ground, "succeeded");
    },
  },
  { name: "canary", before: first, play: (ground) => toTheEnd(ground, "two", [], { strategy: steps }) },
  {
    name: "canary-taken-back",
    before: twice,
    play: async (ground) => {
      await start(ground, "three", ["budget"], { strategy: aSmallShare });
      while (ground.database.state(DEPLOYMENT_ID).pointer.weightBp !== 100) await ground.clock.sleep(50);
      await ground.operator.rollback(DEPLOYMENT_ID);
      await until(ground, "rolled-back");
    },
  },
  {
    name: "rollback",
    before: twice,
    play: async (ground) => {
      await start(ground, "three", ["budget"], { bakeMs: 20_000 });
      await until(ground, "baking");
      await ground.operator.rollback(DEPLOYMENT_ID);
      await until(ground, "rolled-back");
    },
  },
  {
    name: "abort",
    before: first,
    play: async (ground) => {
      await start(ground, "two", ["budget"], { promotion: "manual" });
      await until(ground, "awaiting-promotion");
      await ground.operator.ask(DEPLOYMENT_ID, "abort");
      await until(ground, "aborted");
    },
  },
  {
    name: "detach",
    before: first,
    play: async (ground) => {
      await ground.operator.detach(DEPLOYMENT_ID);
      await until(ground, "rolled-back");
    },
  },
];
