import type { Schemas } from "../../api/generated/schema.ts";

export type OverviewRow = Schemas["OverviewRow"];
export type State = OverviewRow["state"];

export const STATES = ["attention", "rolling-out", "diverted", "live", "not-live"] as const satisfies readonly State[];
export const ENVIRONMENTS = ["production", "staging", "development"] as const;
export const SORTS = ["attention", "tenant", "deployment"] as const;

/** What the address of the overview says. */
export interface Filter {
  readonly tenant?: string;
  readonly search?: string;
  readonly state?: State;
  readonly environment?: (typeof ENVIRONMENTS)[number];
  readonly playbook?: string;
  readonly version?: string;
  readonly sort?: (typeof SORTS)[number];
}

export const STATE_WORDS: Readonly<Record<State, string>> = {
  attention: "Needs a person",
  "rolling-out": "Rolling out",
  diverted: "Diverted",
  live: "Live",
  "not-live": "Never live",
};

export const SORT_WORDS: Readonly<Record<(typeof SORTS)[number], string>> = {
  attention: "Most urgent first",
  tenant: "By tenant",
  deployment: "By deployment",
};
