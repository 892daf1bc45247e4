import { AppError } from "@tandem/kernel";
import type { z } from "zod";

/** One environment variable: what it means, how it is read, what holds when it is absent. */
export interface Variable<Value> {
  readonly name: string;
  /** One sentence for the configuration reference. */
  readonly meaning: string;
  readonly schema: z.ZodType<Value>;
  /** Text used when the variable is absent; absent itself when the variable must be set. */
  readonly fallback?: string;
}

/** A set of variables: field → variable. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** What a set of variables reads to. */
export type Settings<Set extends Variables> = {
  readonly [Field in keyof Set]: Set[Field] extends Variable<infer Value> ? Value : never;
};

/** Reads the set from an environment; throws one `config_invalid` that names every variable that is missing or wrong, never its value. */
export function readSettings<Set extends Variables>(
  set: Set,
  environment: Readonly<Record<string, string | undefined>>,
): Settings<Set> {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [field, variable] of Object.entries(set)) {
    const text = environment[variable.name] || variable.fallback;
    if (text === undefined) {
      problems.push(`${variable.name} is not set: ${variable.meaning}`);
      continue;
    }
    const parsed = variable.schema.safeParse(text);
    if (parsed.success) settings[field] = parsed.data;
    else
      problems.push(
        `${variable.name} ${parsed.error.issues.map((issue) => issue.message).join(", ")}: ${variable.meaning}`,
      );
  }
  if (problems.length > 0)
    throw new AppError("config_invalid", problems.join("\n"), { details: { variables: problems } });
  return settings as Settings<Set>;
}
