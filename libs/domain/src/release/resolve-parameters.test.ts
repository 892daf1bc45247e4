import fc from "fast-check";
import type { Json } from "@tandem/kernel";
import { describe, expect, it } from "vitest";
import { Parameter, parameterValue } from "../manifest/index.ts";
import type { Overlay } from "../tenant/index.ts";
import { resolveParameters } from "./resolve-parameters.ts";

const label = "Label";
const declarations: Record<string, Parameter> = {
  name: { type: "text", label, required: true, min: 1, max: 20 },
  seconds: { type: "integer", label, required: true, min: 5, max: 60, default: 20 },
  isLoud: { type: "boolean", label, required: false },
  mode: {
    type: "choice",
    label,
    required: true,
    choices: [
      { value: "a", label },
      { value: "b", label },
    ],
    default: "a",
  },
  numbers: { type: "list", label, required: false, of: { type: "phone-number" }, min: 1, max: 3 },
  site: { type: "url", label, required: false },
  zone: { type: "time-zone", label, required: true, default: "UTC" },
};
const manifest = { name: "sample", parameters: declarations };

const good: Record<string, fc.Arbitrary<Json>> = {
  name: fc.constantFrom("Harbor", "Northlight"),
  seconds: fc.integer({ min: 5, max: 60 }),
  isLoud: fc.boolean(),
  mode: fc.constantFrom("a", "b"),
  numbers: fc.array(fc.constantFrom("+15550100101", "+15550100102"), { minLength: 1, maxLength: 3 }),
  site: fc.constantFrom("https://example.com/", "https://example.com:8443/x"),
  zone: fc.constantFrom("Europe/Berlin", "America/New_York"),
};
const goodOverlay = fc.record(good, { requiredKeys: [] }) as fc.Arbitrary<Overlay>;
const anyOverlay = fc.dictionary(
  fc.oneof(fc.constantFrom(...Object.keys(declarations)), fc.string({ maxLength: 8 })),
  fc.oneof(fc.jsonValue(), ...Object.values(good)),
  { maxKeys: 8 },
) as fc.Arbitrary<Overlay>;
const none: Overlay = {};

describe("resolveParameters", () => {
  it("takes the highest layer that says something, and remembers which", () => {
    const { values, diagnostics } = resolveParameters(manifest, {
      tenant: { name: "Harbor", seconds: 30 },
      deployment: { seconds: 15, isLoud: true },
    });
    expect(diagnostics).toEqual([]);
    expect(values).toEqual({
      isLoud: { value: true, source: "deployment-overlay" },
      mode: { value: "a", source: "playbook" },
      name: { value: "Harbor", source: "tenant-overlay" },
      seconds: { value: 15, source: "deployment-overlay" },
      zone: { value: "UTC", source: "playbook" },
    });
  });

  it("is total: whatever the overlays hold, every value in force is one that its declaration allows", () => {
    fc.assert(
      fc.property(anyOverlay, anyOverlay, (tenant, deployment) => {
        const { values, diagnostics } = resolveParameters(manifest, { tenant, deployment });
        for (const [name, { value }] of Object.entries(values))
          expect(parameterValue(declarations[name] as Parameter).safeParse(value).success).toBe(true);
        const isClean = diagnostics.length === 0;
        for (const [name, parameter] of Object.entries(declarations))
          if (isClean && parameter.required) expect(values).toHaveProperty(name);
        for (const overlay of [tenant, deployment])
          for (const name of Object.keys(overlay)) if (!Object.hasOwn(declarations, name)) expect(isClean).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it("is idempotent and has an order: a layer above equal values changes nothing but the layer, an upper layer beats a lower one", () => {
    fc.assert(
      fc.property(goodOverlay, goodOverlay, (lower, upper) => {
        const both = resolveParameters(manifest, { tenant: lower, deployment: upper });
        const merged = resolveParameters(manifest, { tenant: none, deployment: { ...lower, ...upper } });
        const plain = (resolved: typeof both): unknown =>
          Object.fromEntries(Object.entries(resolved.values).map(([name, { value }]) => [name, value]));
        expect(plain(both)).toEqual(plain(merged));
        expect(plain(resolveParameters(manifest, { tenant: lower, deployment: lower }))).toEqual(
          plain(resolveParameters(manifest, { tenant: lower, deployment: none })),
        );
        for (const name of Object.keys(upper))
          expect(both.values[name]).toEqual({ value: upper[name], source: "deployment-overlay" });
        for (const name of Object.keys(lower))
          if (!(name in upper)) expect(both.values[name]).toEqual({ value: lower[name], source: "tenant-overlay" });
      }),
      { numRuns: 400 },
    );
  });

  it("lets null take the layers below away", () => {
    const { values, diagnostics } = resolveParameters(manifest, {
      tenant: { name: "Harbor", isLoud: true },
      deployment: { isLoud: null, seconds: null },
    });
    expect(values).not.toHaveProperty("isLoud");
    expect(diagnostics).toMatchObject([{ code: "parameter-unset", path: "parameters.seconds" }]);
  });

  it.each<[string, Overlay, string, RegExp]>([
    ["an unknown name", { colour: "red" }, "tenant-overlay.colour", /tenant overlay sets `colour`/],
    ["a wrong type", { seconds: "20" }, "tenant-overlay.seconds", /tenant overlay \(Label\).*number/],
    ["a value out of bounds", { seconds: 600 }, "tenant-overlay.seconds", /at most 60/],
    ["a wrong choice", { mode: "c" }, "tenant-overlay.mode", /"c"/],
    ["a bad item of a list", { numbers: ["+15550100101", "911"] }, "tenant-overlay.numbers[1]", /E\.164/],
    ["an address that is not https", { site: "http://example.com/" }, "tenant-overlay.site", /https/],
    ["an address with a password", { site: "https://a:b@example.com/" }, "tenant-overlay.site", /user name/],
    ["a zone that is none", { zone: "Mars/Olympus" }, "tenant-overlay.zone", /IANA/],
    ["a template in a text", { name: "{{agent.prompt}}" }, "tenant-overlay.name", /\{\{/],
    ["a control character", { name: "a\u0007b" }, "tenant-overlay.name", /one line/],
  ])("names layer, place and fix of %s, and leaves the value below in force", (_, tenant, path, detail) => {
    const { diagnostics, values } = resolveParameters(manifest, {
      tenant: { name: "Harbor", ...tenant },
      deployment: none,
    });
    const found = diagnostics.find((each) => each.path === path);
    expect(found?.detail).toMatch(detail);
    expect(found?.fix).not.toBe("");
    expect(values["seconds"]).toEqual({ value: 20, source: "playbook" });
  });

  it("asks for a required value that no layer sets", () => {
    expect(resolveParameters(manifest, { tenant: none, deployment: none }).diagnostics).toMatchObject([
      { code: "parameter-unset", path: "parameters.name", fix: expect.stringContaining("overlay") as string },
    ]);
  });
});
