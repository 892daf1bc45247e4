import type { Vendor } from "./standing.ts";

/** A member of a connection's configuration as an input asks for it. */
export interface ConfigMember {
  readonly name: string;
  readonly choices: readonly string[] | null;
  readonly defaultText: string | null;
  readonly isRequired: boolean;
  readonly isLong: boolean;
}

export type ConfigValues = Readonly<Record<string, string>>;

interface Shape {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
}
interface ObjectShape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly ObjectShape[];
  readonly oneOf?: readonly ObjectShape[];
}

const textOf = (value: unknown): string | null => (value === undefined || value === null ? null : String(value));

/** The members that the configuration can have with these values, in the schema's order: a choice of the first rules out others. */
export function membersOf(
  { configSchema }: Pick<Vendor, "configSchema">,
  values: ConfigValues,
): readonly ConfigMember[] {
  const schema = configSchema as ObjectShape;
  const variants = schema.oneOf ?? schema.anyOf ?? [schema];
  const names = [...new Set(variants.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const deciding = names.filter(
    (name) => variants.length > 1 && variants.every(({ properties }) => isConst(properties?.[name])),
  );
  const fitting = variants.filter(({ properties }) =>
    deciding.every((name) => values[name] === undefined || textOf(properties?.[name]?.const) === values[name]),
  );
  return names.flatMap((name): ConfigMember[] => {
    if (deciding.includes(name)) {
      const choices = variants.flatMap(({ properties }) => textOf(properties?.[name]?.const) ?? []);
      return [{ name, choices, defaultText: null, isRequired: true, isLong: false }];
    }
    const holder = (deciding.some((each) => values[each] === undefined) ? [] : fitting).find(
      ({ properties }) => properties?.[name] !== undefined,
    );
    const shape = holder?.properties?.[name];
    if (shape === undefined) return [];
    return [
      {
        name,
        choices: shape.enum?.flatMap((each) => textOf(each) ?? []) ?? null,
        defaultText: textOf(shape.default),
        isRequired: holder?.required?.includes(name) === true && shape.default === undefined,
        isLong: shape.format === "uri",
      },
    ];
  });
}

const isConst = (shape: Shape | undefined): boolean => shape?.const !== undefined;

/** Steps of the set-up that are for a configuration with these values. */
export const stepsFor = (
  { setUp, configSchema }: Pick<Vendor, "setUp" | "configSchema">,
  values: ConfigValues,
): Vendor["setUp"] =>
  setUp.filter(
    ({ onlyFor }) => onlyFor === null || valueOf({ configSchema }, values, onlyFor.member) === onlyFor.value,
  );

const valueOf = (vendor: Pick<Vendor, "configSchema">, values: ConfigValues, name: string): string | null =>
  values[name] ?? membersOf(vendor, values).find((member) => member.name === name)?.defaultText ?? null;

/** What is sent as `config`: what has been filled in. */
export const configOf = (vendor: Pick<Vendor, "configSchema">, values: ConfigValues): Record<string, string> =>
  Object.fromEntries(
    membersOf(vendor, values).flatMap(({ name }) => {
      const value = values[name]?.trim() ?? "";
      return value === "" ? [] : [[name, value]];
    }),
  );

/** "accountSid" → "Account SID". */
export function memberName(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").split(" ");
  const spelled = words.map((word) => SPELLED[word.toLowerCase()] ?? word.toLowerCase());
  const text = spelled.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SPELLED: Readonly<Record<string, string>> = { sid: "SID", url: "URL", api: "API", id: "id", auth: "way in" };
