import { CommandFailure, ExitCode } from "../exit-code.ts";

/** Used by `--strategy canary` alone. */
const USUAL = "5%:10m,25%:30m,50%:30m";

const STEP = /^(\d{1,2}(?:\.\d{1,2})?)%?:(\d+(?:\.\d+)?)(s|m|h|d)$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

interface Options {
  readonly strategy?: string;
  readonly canary?: string;
}

/** The `strategy` of a rollout's policy as asked on the command line; empty when nothing was asked. Throws a usage failure. */
export function strategyOf({ strategy, canary }: Options): { strategy?: object } {
  if (strategy === undefined && canary === undefined) return {};
  if (strategy === "blue-green" && canary === undefined) return { strategy: { kind: "blue-green" } };
  if (strategy !== undefined && strategy !== "canary")
    throw new CommandFailure("--strategy is blue-green or canary; steps belong to canary.", ExitCode.usage);
  return { strategy: { kind: "canary", steps: (canary ?? USUAL).split(",").map(stepOf) } };
}

/** `5%:10m` as basis points and milliseconds. */
function stepOf(text: string): { weightBp: number; watchMs: number } {
  const [, percent, amount, unit] = STEP.exec(text.trim()) ?? [];
  const weightBp = Math.round(Number(percent) * 100);
  if (percent === undefined || weightBp < 1)
    throw new CommandFailure(
      `--canary ${text}: a step is a share and how long it is watched, e.g. 5%:10m (units s, m, h, d).`,
      ExitCode.usage,
    );
  return { weightBp, watchMs: Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]) };
}
