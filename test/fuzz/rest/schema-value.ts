import type { Chance } from "../chance.ts";
import { textMatching } from "../expression-sample.ts";
import { playbooks } from "../playbooks.ts";
import type { ApiDocument, Schema } from "./document.ts";

const DEEPEST = 6;
const FORMATS: Readonly<Record<string, (chance: Chance) => string>> = {
  uuid: (chance) => `01900000-0000-7000-8000-${String(chance.below(1e12)).padStart(12, "0")}`,
  "date-time": (chance) => new Date(1.7e12 + chance.below(4e11)).toISOString(),
  date: (chance) => new Date(1.7e12 + chance.below(4e11)).toISOString().slice(0, 10),
  uri: (chance) => chance.pick(["https://example.com/hook", "http://127.0.0.1/", "https://[::1]:8443/a?b", "ftp://x/"]),
  email: () => "somebody@example.com",
};

/** Names of members that name things which exist: the noun that the pool keeps them under. */
const NOUNS: Readonly<Record<string, string>> = {
  deploymentId: "deployments",
  connectionId: "connections",
  planId: "plans",
  rolloutId: "rollouts",
  tenantId: "tenants",
  playbook: "playbooks",
  manifest: "manifests",
  manifestVersion: "manifests",
};

/** A value that a schema allows, mostly: what no sample can be made for is left to chance. Existing things stand as `«own:<noun>»`. */
export class SchemaValue {
  readonly #document: ApiDocument;
  readonly #chance: Chance;

  constructor(document: ApiDocument, chance: Chance) {
    this.#document = document;
    this.#chance = chance;
  }

  make(given: Schema, name = "", depth = 0): unknown {
    const schema = this.#document.resolved(given);
    const chance = this.#chance;
    if (schema["const"] !== undefined) return schema["const"];
    if (schema["enum"] !== undefined) return chance.pick(schema["enum"] as unknown[]);
    const choices = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined;
    if (choices !== undefined)
      return this.make(depth > DEEPEST ? (choices[0] ?? {}) : chance.pick(choices), name, depth + 1);
    if (schema["allOf"] !== undefined)
      return Object.assign(
        {},
        ...(schema["allOf"] as Schema[]).map((each) => this.make(each, name, depth + 1)),
      ) as unknown;
    const type = Array.isArray(schema["type"]) ? chance.pick(schema["type"] as string[]) : (schema["type"] as string);
    if (type === "object") return this.#object(schema, name, depth);
    if (type === "array") return this.#array(schema, name, depth);
    return this.#scalar(type, schema, name);
  }

  #scalar(type: string | undefined, schema: Schema, name: string): unknown {
    const chance = this.#chance;
    if (type === "string") return this.#text(schema, name);
    if (type === "boolean") return chance.once(2);
    if (type === "null") return null;
    if (type !== "integer" && type !== "number") return chance.pick(["x", 1, null, {}, [], true]);
    const least = Number(schema["minimum"] ?? schema["exclusiveMinimum"] ?? -5);
    const most = Number(schema["maximum"] ?? schema["exclusiveMaximum"] ?? least + 1000);
    if (chance.once(4)) return chance.pick([least, most]);
    return type === "number" && chance.once(2)
      ? least + chance.next()
      : Math.round(least + chance.next() * Math.min(most - least, 1e4));
  }

  #text(schema: Schema, name: string): string {
    const chance = this.#chance;
    const noun = NOUNS[name];
    if (noun !== undefined && !chance.once(5)) return `«${chance.once(10) ? "other" : "own"}:${noun}»`;
    const make = FORMATS[schema["format"] as string];
    if (make !== undefined) return name === "" && schema["format"] === "uuid" ? "«own:connections»" : make(chance);
    if (schema["pattern"] !== undefined)
      return textMatching(chance, schema["pattern"] as string, "u") ?? chance.text(8);
    const least = Number(schema["minLength"] ?? 0);
    const most = Math.min(Number(schema["maxLength"] ?? 40), 4000);
    if (chance.once(8)) return "x".repeat(chance.pick([least, most]));
    return chance.text(Math.min(most, 30)).padEnd(least, "x");
  }

  #array(schema: Schema, name: string, depth: number): unknown[] {
    const least = Number(schema["minItems"] ?? 0);
    const most = Math.min(Number(schema["maxItems"] ?? least + 3), least + 3);
    const length = depth > DEEPEST ? least : this.#chance.between(least, Math.max(most, least));
    return this.#chance.list(length, () =>
      this.make((schema["items"] as Schema | undefined) ?? {}, name.replace(/s$/, ""), depth + 1),
    );
  }

  #object(schema: Schema, name: string, depth: number): Record<string, unknown> {
    const chance = this.#chance;
    if (name === "files" && !chance.once(4)) return Object.fromEntries(chance.pick(playbooks).files);
    const required = (schema["required"] as string[] | undefined) ?? [];
    const properties = Object.entries((schema["properties"] as Record<string, Schema> | undefined) ?? {});
    const chosen = properties.filter(([each]) => required.includes(each) || (depth <= DEEPEST && chance.once(2)));
    const made = Object.fromEntries(chosen.map(([each, member]) => [each, this.make(member, each, depth + 1)]));
    const rest = schema["additionalProperties"] as Schema | boolean | undefined;
    if (typeof rest !== "object" || depth > DEEPEST) return made;
    const names = schema["propertyNames"] as Schema | undefined;
    for (let times = chance.below(3); times > 0; times--) {
      const key =
        names === undefined
          ? chance.pick(["a", "b-c", "telephony", chance.text(6)])
          : String(this.make(names, "key", depth + 1));
      made[key] = this.make(rest, "", depth + 1);
    }
    return made;
  }
}
