import { array, assert, constant, integer, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { CarrierSide } from "./carrier-side.ts";
import { mediaStream } from "./media-stream.ts";

const streamSid = `MZ${"c".repeat(32)}`;
const call = { accountSid: `AC${"a".repeat(32)}`, callSid: `CA${"b".repeat(32)}`, streamSid, parameters: {} };
const writer = mediaStream.writer(streamSid);

function carrierSide() {
  const sent: { event: string; sequenceNumber?: string; mark?: { name: string } }[] = [];
  const carrier = new CarrierSide(call, (frame) => sent.push(JSON.parse(frame) as (typeof sent)[number]));
  return {
    carrier,
    sent,
    take: (frame: Buffer) => carrier.receive(frame.toString()),
    marks: () => sent.filter(({ event }) => event === "mark").map(({ mark }) => mark?.name),
  };
}

const sound = (durationMs: number, byte = 1) => writer.media(new Uint8Array(durationMs * 8).fill(byte));

test("a mark comes back when what was queued before it has been played, not earlier", () => {
  const { carrier, take, marks } = carrierSide();
  take(sound(40));
  take(writer.mark("after 40"));
  take(sound(20));
  take(writer.mark("after 60"));
  carrier.play(20);
  expect(marks()).toEqual([]);
  carrier.play(20);
  expect(marks()).toEqual(["after 40"]);
  expect([...carrier.play(20)]).toEqual(Array.from({ length: 160 }, () => 1));
  expect(marks()).toEqual(["after 40", "after 60"]);
});

test("a mark with nothing before it comes back at once; clear silences and returns all marks", () => {
  const { carrier, take, marks } = carrierSide();
  take(writer.mark("at once"));
  expect(marks()).toEqual(["at once"]);
  take(sound(400));
  take(writer.mark("one"));
  take(sound(400));
  take(writer.mark("two"));
  carrier.play(20);
  take(writer.clear());
  expect(marks()).toEqual(["at once", "one", "two"]);
  expect(carrier.waitingMs).toBe(0);
  expect([...carrier.play(20)].every((byte) => byte === 0xff)).toBe(true);
});

test("frames of another stream, of no known event and of no JSON are ignored with a reason", () => {
  const { carrier } = carrierSide();
  const foreign = mediaStream.writer(`MZ${"d".repeat(32)}`).media(new Uint8Array(160));
  expect(
    [foreign.toString(), "{", "7", `{"event":"stop","streamSid":"${streamSid}"}`].map((frame) =>
      carrier.receive(frame),
    ),
  ).toEqual(["another stream", "not JSON", "not a JSON object", "not a known event"]);
  expect(carrier.waitingMs).toBe(0);
});

test("in any order of sound, marks, clears and time, each mark comes back once, in order, and heard audio is a prefix of what was sent", () => {
  const step = oneof(
    integer({ min: 1, max: 90 }).map((durationMs) => ({ do: "sound", durationMs }) as const),
    constant({ do: "mark" } as const),
    constant({ do: "clear" } as const),
    integer({ min: 1, max: 60 }).map((durationMs) => ({ do: "play", durationMs }) as const),
  );
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const { carrier, take, marks, sent } = carrierSide();
      const waiting: { name: string; afterMs: number }[] = [];
      const returned: string[] = [];
      let queuedMs = 0;
      let playedMs = 0;
      const settle = () => {
        while (waiting[0] !== undefined && waiting[0].afterMs <= playedMs) returned.push(waiting.shift()?.name ?? "");
      };
      for (const [index, each] of steps.entries()) {
        if (each.do === "sound") {
          take(sound(each.durationMs));
          queuedMs += each.durationMs;
        } else if (each.do === "mark") {
          take(writer.mark(`m${index}`));
          waiting.push({ name: `m${index}`, afterMs: queuedMs });
        } else if (each.do === "clear") {
          take(writer.clear());
          playedMs = queuedMs;
        } else {
          const heardMs = carrier.play(each.durationMs).filter((byte) => byte === 1).length / 8;
          expect(heardMs).toBe(Math.min(each.durationMs, queuedMs - playedMs));
          playedMs += heardMs;
        }
        settle();
        expect(marks()).toEqual(returned);
      }
      expect(sent.map(({ sequenceNumber }) => Number(sequenceNumber))).toEqual(sent.map((_, index) => index + 1));
    }),
  );
});
