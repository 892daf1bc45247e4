import { expect, test } from "vitest";
import { z } from "zod";
import { descriptors } from "@tandem/catalog";

/** Names of all members of a config, whichever shape it takes. */
function membersOf(schema: unknown): string[] {
  const {
    properties = {},
    anyOf = [],
    oneOf = [],
  } = schema as {
    properties?: object;
    anyOf?: unknown[];
    oneOf?: unknown[];
  };
  return [...Object.keys(properties), ...[...anyOf, ...oneOf].flatMap(membersOf)];
}

test.each(Object.values(descriptors))(
  "$title says where each secret and each member of its config comes from",
  (vendor) => {
    const members = membersOf(z.toJSONSchema(vendor.config, { io: "input" }));
    const secrets = vendor.secrets.map(({ name }) => name);
    const given = new Set(vendor.setUp.flatMap(({ gives = [] }) => gives));
    const known = new Set([...members, ...secrets]);
    expect([...given].filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !given.has(name))).toEqual([]);
  },
);

test.each(Object.values(descriptors))("$title speaks of pages and of variants that there are", (vendor) => {
  const schema = JSON.stringify(z.toJSONSchema(vendor.config, { io: "input" }));
  for (const { text, at, onlyFor } of vendor.setUp) {
    expect(text.length).toBeLessThanOrEqual(220);
    if (at !== undefined) expect(new URL(at).protocol).toBe("https:");
    if (onlyFor !== undefined) expect(schema).toContain(`"${onlyFor.value}"`);
  }
});
