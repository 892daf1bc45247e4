import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SseReader } from "./sse-reader.ts";

/** Reads text in pieces of the given sizes; what is left over comes last. */
function read(text: string, sizes: readonly number[] = []): string[] {
  const told: string[] = [];
  const reader = new SseReader((data) => told.push(data));
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of sizes) {
    reader.read(bytes.subarray(at, at + size));
    at += size;
  }
  if (at < bytes.length) reader.read(bytes.subarray(at));
  reader.end();
  return told;
}

describe("server-sent events", () => {
  test.each([
    ["an event", "data: one\n\n", ["one"]],
    ["no space after the colon, two spaces", "data:one\n\ndata:  two\n\n", ["one", " two"]],
    ["CRLF", "data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]],
    ["CR alone", "data: one\r\rdata: two\r\r", ["one", "two"]],
    ["several lines of data", "data: one\ndata: two\ndata\n\n", ["one\ntwo\n"]],
    ["comments, names, ids, retries", ": ping\nevent: delta\nid: 7\nretry: 10\ndata: one\n\n: ping\n\n", ["one"]],
    ["names that only begin alike", "dat: no\ndatabase: no\ndata: yes\n\n", ["yes"]],
    ["a byte order mark", "\uFEFFdata: one\n\n", ["one"]],
    ["a last event without its blank line", "data: one\n\ndata: two", ["one", "two"]],
    ["empty lines alone", "\n\n\r\n\n", []],
  ])("%s", (_, text, told) => {
    expect(read(text)).toEqual(told);
    expect(
      read(
        text,
        Array.from({ length: Buffer.byteLength(text) }, () => 1),
      ),
    ).toEqual(told);
  });

  test("however the bytes are cut, the same events are told", () => {
    const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/gu, ""));
    const event = fc.record({
      comment: fc.option(line, { nil: null }),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      end: fc.constantFrom("\n", "\r\n", "\r"),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.array(fc.nat({ max: 9 }), { maxLength: 200 }),
        (events, sizes) => {
          const text = events
            .map(({ comment, lines, end }) =>
              [...(comment === null ? [] : [`:${comment}`]), ...lines.map((each) => `data: ${each}`), "", ""].join(end),
            )
            .join("");
          const told = events.map(({ lines }) => Buffer.from(lines.join("\n")).toString("utf8"));
          expect(read(text, sizes)).toEqual(told);
        },
      ),
    );
  });

  test("a line without end is given up", () => {
    const reader = new SseReader(() => {});
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    expect(() => [reader.read(megabyte), reader.read(megabyte)]).toThrow(RangeError);
  });
});
