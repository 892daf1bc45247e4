import { describe, expect, test } from "vitest";
import { EventReader } from "./event-reader.ts";

const STREAM =
  'retry: 1000\n\nid: 1\nevent: began\ndata: {"a":1}\n\n: alive\n\nid: 2\r\ndata: one\r\ndata: two\r\n\r\nevent: end\ndata: {}\n\n';
const EVENTS = [
  { id: "1", type: "began", data: '{"a":1}' },
  { id: "2", type: "message", data: "one\ntwo" },
  { id: "2", type: "end", data: "{}" },
];

describe("events out of pieces", () => {
  test.each([1, 2, 3, 7, 1000])("cut every %i characters", (size) => {
    const reader = new EventReader();
    const events = [];
    for (let at = 0; at < STREAM.length; at += size) events.push(...reader.read(STREAM.slice(at, at + size)));
    expect(events).toEqual(EVENTS);
    expect(reader.retryMs).toBe(1000);
  });

  test("an event that is not complete is none", () => {
    expect(new EventReader().read("id: 3\ndata: half\n")).toEqual([]);
  });
});
