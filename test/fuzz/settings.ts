import { allVariables, cliConfig, readSettings } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import { CommanderError } from "commander";
import { strategyOf } from "../../apps/cli/src/commands/canary-steps.ts";
import { budgetOf, fleetBody, ringsOf, wholeNumber } from "../../apps/cli/src/commands/fleet-options.ts";
import { keyValues, parsedValues } from "../../apps/cli/src/commands/key-value.ts";
import { CommandFailure } from "../../apps/cli/src/exit-code.ts";
import { type Chance, damagedText } from "./chance.ts";
import type { Judgement, Target } from "./target.ts";

/** What a person types, by the reader that takes it. */
const readers: Readonly<Record<string, { samples: readonly string[]; read(text: string): unknown }>> = {
  canary: {
    samples: ["5%:10m,25%:30m,50%:30m", "0.5%:1.5h", "10:30s", "99.99%:1d"],
    read: (text) => strategyOf({ canary: text }),
  },
  strategy: { samples: ["canary", "blue-green"], read: (text) => strategyOf({ strategy: text }) },
  rings: { samples: ["early,5,1%,10%,rest", "100%", "0.5%"], read: ringsOf },
  budget: { samples: ["3", "2%", "0.1%"], read: budgetOf },
  number: { samples: ["0", "12", "4000"], read: wholeNumber },
  reference: {
    samples: ["lead-qualifier@1.1.0", "a@b@c"],
    read: (text) => fleetBody(text, { environment: [], tenant: [], tag: [], deployment: [] }),
  },
  assignment: {
    samples: ["approvals=2", 'costCap={"perCallMicros":250000,"perMonth":null}', "a==b", "__proto__={}", "n=1e5"],
    read: (text) => parsedValues(keyValues(text, {})),
  },
};
const NAMES = Object.keys(readers);
const APPS = ["api", "worker", "media", "sandbox", "cli"] as const;
const VALUES = [
  "",
  "0",
  "1",
  "-1",
  "1e3",
  "65536",
  "99999999999999999999",
  "0.5",
  "NaN",
  "true",
  "http://x",
  "https://a:b@c/",
  "postgres://x",
  "postgresql://h/d",
];

type Case =
  | { readonly reader: string; readonly text: string }
  | { readonly app: (typeof APPS)[number]; readonly environment: Readonly<Record<string, string>> };

/** Command line and environment, mistyped. */
export const settings: Target<Case> = {
  name: "settings",
  full: 100_000,
  make(chance) {
    if (chance.once(3)) return environmentCase(chance);
    const reader = chance.pick(NAMES);
    let text = chance.pick(readers[reader]!.samples);
    for (let times = chance.below(4); times > 0; times--) text = damagedText(chance, text);
    return { reader, text: chance.once(20) ? text.replace(/\d/, "9".repeat(chance.between(15, 400))) : text };
  },
  judge(given) {
    if ("app" in given) return judgedEnvironment(given.app, given.environment);
    return judged(given.reader, () => readers[given.reader]!.read(given.text));
  },
};

function environmentCase(chance: Chance): Case {
  const app = chance.pick(APPS);
  const names = Object.values(allVariables[app]).map(({ name }) => name);
  const value = () => (chance.once(2) ? chance.pick(VALUES) : chance.text(30));
  const environment = Object.fromEntries(chance.list(chance.below(8), () => [chance.pick(names), value()]));
  return { app, environment };
}

/** Either settings whose numbers are numbers, or one error that names every wrong variable and no value of a secret. */
function judgedEnvironment(app: (typeof APPS)[number], environment: Readonly<Record<string, string>>): Judgement {
  return judged(`${app} environment`, () =>
    app === "cli" ? cliConfig(environment) : readSettings(allVariables[app], environment),
  );
}

function judged(what: string, read: () => unknown): Judgement {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    if (error instanceof AppError || error instanceof CommandFailure || error instanceof CommanderError)
      return error.message.trim() === ""
        ? { kind: `refused: ${what}`, violation: `refused without a word: ${what}` }
        : { kind: `refused: ${what}` };
    throw error;
  }
  return hasNoNumber(value)
    ? { kind: `accepted: ${what}`, violation: `accepted what is no safe number: ${what}` }
    : { kind: `accepted: ${what}` };
}

/** True when a number inside is none that JSON and whole-number members can carry. */
function hasNoNumber(value: unknown): boolean {
  if (typeof value === "number")
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasNoNumber);
}
