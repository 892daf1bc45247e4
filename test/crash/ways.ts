import type { RolloutPolicy } from "@tandem/domain/rollout";
import type { ControlStore } from "@tandem/ports/store/control";
import type { ReleaseBundle } from "@tandem/domain/release";
import { type Site, startOf } from "./site.ts";

/** A person's click: a method of the control store with what follows the actor. */
export interface Click {
  readonly method: keyof ControlStore;
  readonly args: readonly unknown[];
}

/** What a way may do to bring a site to where the way begins. */
export interface Preparing {
  readonly site: Site;
  click(click: Click): Promise<void>;
  /** Lets a worker work until the newest rollout is in the phase. */
  until(phase: string): Promise<void>;
  /** Id of the newest rollout. */
  rolloutId(): Promise<string>;
}

/** One way through the engine: where it begins, what sets it off, and the phase with which it is through. */
export interface Way {
  readonly name: "apply" | "shift" | "switch" | "rollback" | "detach" | "retire" | "gc";
  readonly prepare: (preparing: Preparing) => Promise<void>;
  readonly click: (preparing: Preparing) => Promise<Click>;
  readonly end: string;
}

const start = (site: Site, ...wish: Tail<Parameters<typeof startOf>>): Click => ({
  method: "startRollout",
  args: [startOf(site, ...wish)],
});
type Tail<List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest] ? Rest : never;

const request = async ({ rolloutId }: Preparing, what: "promote" | "abort"): Promise<Click> => ({
  method: "requestOfRollout",
  args: [await rolloutId(), what, null],
});

/** A release that is live and whose predecessor may go. */
async function live(preparing: Preparing, prompt: string, properties: readonly string[]): Promise<void> {
  await preparing.click(start(preparing.site, { prompt, properties }));
  await preparing.until("succeeded");
}

/** A tool that smoke calls use: what they make has to be found and removed again, also after a crash. */
const BOOKING: Partial<ReleaseBundle> = {
  tools: [
    {
      name: "book",
      description: "",
      operation: "calendar.book",
      arguments: {},
      settings: {},
      acknowledgement: "",
      timeoutMs: 500,
    },
  ],
  smoke: [
    {
      name: "books",
      steps: [
        { do: "answer", expect: "agent" },
        { do: "tool", tool: "book", arguments: {}, expect: "success" },
      ],
    },
  ],
};

const MANUAL = { promotion: "manual" } as const;
const CANARY: Partial<RolloutPolicy> = {
  promotion: "manual",
  strategy: {
    kind: "canary",
    steps: [
      { weightBp: 1000, watchMs: 0 },
      { weightBp: 5000, watchMs: 0 },
    ],
  },
};
const LONG = { bakeMs: 600_000 } as const;

export const ways: readonly Way[] = [
  {
    name: "apply",
    prepare: async () => {},
    click: async ({ site }) =>
      start(site, { prompt: "one", properties: ["lead_source"], hasCalendar: true, patch: BOOKING }, MANUAL),
    end: "awaiting-promotion",
  },
  {
    name: "shift",
    prepare: async (preparing) => {
      await live(preparing, "one", ["lead_source"]);
      await preparing.click(start(preparing.site, { prompt: "two" }, CANARY));
      await preparing.until("awaiting-promotion");
    },
    click: (preparing) => request(preparing, "promote"),
    end: "succeeded",
  },
  {
    name: "switch",
    prepare: async (preparing) => {
      await preparing.click(start(preparing.site, { prompt: "one", properties: ["lead_source"] }, MANUAL));
      await preparing.until("awaiting-promotion");
    },
    click: (preparing) => request(preparing, "promote"),
    end: "succeeded",
  },
  {
    name: "rollback",
    prepare: async (preparing) => {
      await live(preparing, "one", ["lead_source"]);
      await preparing.click(start(preparing.site, { prompt: "two", properties: ["mood"] }, LONG));
      await preparing.until("baking");
    },
    click: async ({ site }) => ({ method: "rollback", args: [site.deploymentId, null] }),
    end: "rolled-back",
  },
  {
    name: "detach",
    prepare: (preparing) => live(preparing, "one", []),
    click: async ({ site }) => ({ method: "requestDetach", args: [site.deploymentId] }),
    end: "rolled-back",
  },
  {
    name: "retire",
    prepare: async (preparing) => {
      await live(preparing, "one", ["lead_source"]);
      await live(preparing, "two", []);
      await preparing.click(start(preparing.site, { prompt: "three" }, LONG));
      await preparing.until("baking");
    },
    click: (preparing) => request(preparing, "promote"),
    end: "succeeded",
  },
  {
    name: "gc",
    prepare: async (preparing) => {
      await live(preparing, "one", ["lead_source"]);
      await preparing.click(start(preparing.site, { prompt: "two", properties: ["mood"] }, MANUAL));
      await preparing.until("awaiting-promotion");
    },
    click: (preparing) => request(preparing, "abort"),
    end: "aborted",
  },
];
