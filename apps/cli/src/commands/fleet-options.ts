import type { FailureBudget, Ring } from "@tandem/domain/fleet";
import { counted } from "@tandem/kernel";
import { InvalidArgumentError } from "commander";

/** Options of `tandem fleet plan` and `start`. */
export interface FleetOptions {
  readonly environment: readonly string[];
  readonly tenant: readonly string[];
  readonly tag: readonly string[];
  readonly deployment: readonly string[];
  readonly rings?: readonly Ring[];
  readonly concurrency?: number;
  readonly perTenant?: number;
  readonly budget?: FailureBudget;
  readonly waveBake?: number;
  readonly bake?: number;
  readonly neverLive?: boolean;
}

/** `early,5,1%,10%,rest`: the cohort, a number of deployments, a share of the whole fleet, all that are left. */
export function ringsOf(text: string): readonly Ring[] {
  return text.split(",").map((part) => ringOf(part.trim()));
}

function ringOf(part: string): Ring {
  if (part === "early") return { name: "early access", members: { cohort: "early-access" } };
  if (part === "rest") return { name: "rest", members: { rest: true } };
  const share = shareOf(part);
  if (share !== null) return { name: part, members: { share } };
  if (/^[1-9]\d{0,8}$/.test(part))
    return { name: counted(Number(part), "deployment"), members: { count: Number(part) } };
  throw new InvalidArgumentError(`${part} is no wave: use early, rest, a number, or a share such as 10%.`);
}

function shareOf(part: string): number | null {
  const found = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(part)?.[1];
  return found === undefined ? null : Number(found) / 100;
}

/** `3` or `2%`. */
export function budgetOf(text: string): FailureBudget {
  const share = shareOf(text);
  if (share !== null) return { share };
  if (/^\d{1,9}$/.test(text)) return { count: Number(text) };
  throw new InvalidArgumentError("must be a number of failures or a share such as 2%.");
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("must be a whole number of at most nine digits.");
  return Number(text);
}

/** Collects a repeated option. */
export const collected = (value: string, all: readonly string[]): readonly string[] => [...all, value];

const given = (list: readonly string[]) => (list.length === 0 ? undefined : list);
const inMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

/** The body of a plan or a start. */
export function fleetBody(reference: string, options: FleetOptions): object {
  const [playbook, version] = reference.split("@");
  if (version === undefined) throw new InvalidArgumentError(`${reference} names no version: use playbook@version.`);
  return {
    playbook,
    version,
    environments: given(options.environment),
    tenantIds: given(options.tenant),
    tenantTags: given(options.tag),
    deploymentIds: given(options.deployment),
    rings: options.rings,
    limits: {
      concurrency: options.concurrency,
      perTenant: options.perTenant,
      budget: options.budget,
      bakeMs: inMs(options.waveBake),
    },
    policy: { bakeMs: inMs(options.bake) },
    includesNeverLive: options.neverLive === true,
  };
}
