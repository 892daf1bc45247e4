import { describe, expect, it } from "vitest";
import type { Manifest } from "./manifest.ts";
import { manifestChanges } from "./manifest-changes.ts";

const manifest = (members: object): Manifest =>
  ({ manifest: 1, name: "desk", version: "1.0.0", tools: [], kpis: [], ...members }) as unknown as Manifest;
const shown = (before: object, after: object) =>
  manifestChanges(manifest(before), manifest(after)).map((each) => [each.change, each.path, each.before, each.after]);

describe("manifestChanges", () => {
  it("finds nothing between equal versions, whatever the order of members", () => {
    expect(shown({ a: { x: 1, y: [1, 2] } }, { a: { y: [1, 2], x: 1 } })).toEqual([]);
  });

  it("goes down to the member that differs", () => {
    expect(
      shown({ agent: { kind: "tandem", language: "en-US" } }, { agent: { kind: "tandem", language: "en-GB" } }),
    ).toEqual([["changed", "agent.language", "en-US", "en-GB"]]);
  });

  it("names the items of lists that have names, and does not mind their places", () => {
    const [book, cancel] = [
      { name: "book", timeoutMs: 1 },
      { name: "cancel", timeoutMs: 2 },
    ];
    expect(shown({ tools: [book, cancel] }, { tools: [cancel, { ...book, timeoutMs: 5 }, { name: "move" }] })).toEqual([
      ["changed", "tools.book.timeoutMs", 1, 5],
      ["added", "tools.move", null, { name: "move" }],
    ]);
    expect(shown({ tools: [book, cancel] }, { tools: [cancel] })).toEqual([["removed", "tools.book", book, null]]);
  });

  it("compares other lists as wholes: their order counts", () => {
    const chain = (...names: string[]) => ({
      providers: { stt: names.map((model) => ({ provider: "deepgram", model })) },
    });
    expect(shown(chain("a", "b"), chain("b", "a"))).toHaveLength(1);
    expect(shown({ tools: ["a", "b"] }, { tools: ["b", "a"] })).toEqual([["changed", "tools", ["a", "b"], ["b", "a"]]]);
  });

  it("tells null from nothing", () => {
    expect(shown({ x: null }, {})).toEqual([["removed", "x", null, null]]);
  });
});
