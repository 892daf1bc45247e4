import type { CarrierStreamListener, CarrierStreamStart } from "@tandem/ports/carrier-stream";
import { assert, integer, property, string, uint8Array, array, oneof, constant, subarray } from "fast-check";
import { expect, test } from "vitest";
import { CarrierSide } from "./carrier-side.ts";
import { mediaStream } from "./media-stream.ts";

const call = {
  accountSid: `AC${"a".repeat(32)}`,
  callSid: `CA${"b".repeat(32)}`,
  streamSid: `MZ${"c".repeat(32)}`,
  parameters: { ticket: 'one "two" \\ ü' },
};

interface Told {
  readonly starts: CarrierStreamStart[];
  readonly audio: { readonly bytes: Uint8Array; readonly timestampMs: number; readonly sequence: number }[];
  readonly others: string[];
  readonly malformed: string[];
}

/** A reader that keeps what it is told, behind a carrier's side that sends to it. */
function line() {
  const told: Told = { starts: [], audio: [], others: [], malformed: [] };
  const listener: CarrierStreamListener = {
    start: (start) => told.starts.push(start),
    media: (audio, timestampMs, sequence) => told.audio.push({ bytes: audio.slice(), timestampMs, sequence }),
    dtmf: (digit) => told.others.push(`dtmf ${digit}`),
    mark: (name) => told.others.push(`mark ${name}`),
    stop: () => told.others.push("stop"),
    malformed: (reason) => told.malformed.push(reason),
  };
  const reader = mediaStream.reader(listener);
  const read = (text: string) => reader.read(Buffer.from(text), false);
  return { told, reader, read, carrier: new CarrierSide(call, read) };
}

const media = (changes: Record<string, unknown> = {}, inner: Record<string, unknown> = {}) =>
  JSON.stringify({
    event: "media",
    sequenceNumber: "2",
    media: { track: "inbound", chunk: "1", timestamp: "0", payload: "/w==", ...inner },
    streamSid: call.streamSid,
    ...changes,
  });

test("a whole stream is read as the carrier sends it", () => {
  const { told, carrier } = line();
  carrier.open();
  carrier.hearCaller(new Uint8Array(160).fill(7));
  carrier.press("#");
  carrier.hearCaller(new Uint8Array(160).fill(8));
  carrier.stop();
  const { accountSid: accountId, callSid: callId, streamSid: streamId, parameters } = call;
  expect(told.starts).toEqual([{ streamId, callId, accountId, encoding: "mulaw", sampleRateHz: 8000, parameters }]);
  expect(told.audio.map(({ bytes, ...times }) => ({ ...times, byte: bytes[159] }))).toEqual([
    { timestampMs: 0, sequence: 1, byte: 7 },
    { timestampMs: 20, sequence: 2, byte: 8 },
  ]);
  expect([told.others, told.malformed]).toEqual([["dtmf #", "stop"], []]);
});

test("lost audio shows in sequence and time", () => {
  const { told, carrier } = line();
  carrier.open();
  carrier.hearCaller(new Uint8Array(160));
  carrier.loseCallerAudio(20);
  carrier.hearCaller(new Uint8Array(160));
  expect(told.audio.map(({ timestampMs, sequence }) => [timestampMs, sequence])).toEqual([
    [0, 1],
    [40, 3],
  ]);
});

test("audio of any size comes through byte by byte, in both directions", () => {
  assert(
    property(array(uint8Array({ maxLength: 700 }), { maxLength: 12 }), (pieces) => {
      const { told, carrier } = line();
      carrier.open();
      for (const piece of pieces) carrier.hearCaller(piece);
      expect(told.audio.map(({ bytes }) => Buffer.from(bytes))).toEqual(pieces.map((piece) => Buffer.from(piece)));
      const writer = mediaStream.writer(call.streamSid);
      for (const piece of pieces) expect(carrier.receive(writer.media(piece).toString())).toBeNull();
      const whole = Buffer.concat(pieces);
      expect(Buffer.from(carrier.play(Math.ceil(whole.length / 8))).subarray(0, whole.length)).toEqual(whole);
    }),
  );
});

test("media frames in another spelling are read all the same", () => {
  const spellings = [
    JSON.stringify(JSON.parse(media()), null, 2),
    `{"streamSid":"${call.streamSid}","media":{"payload":"/w==","timestamp":"0","chunk":"1","track":"inbound"},"sequenceNumber":"2","event":"media"}`,
    media().replace("/w==", String.raw`\/w==`),
    media({ added: { later: [1] } }),
  ];
  for (const spelling of spellings) {
    const { told, read, carrier } = line();
    carrier.open();
    read(spelling);
    expect(told.malformed).toEqual([]);
    expect(told.audio).toEqual([{ bytes: Uint8Array.of(0xff), timestampMs: 0, sequence: 1 }]);
  }
});

test.each([
  ["binary", "binary frame", null],
  ["larger than 64 KiB", "frame larger than 64 KiB", media({}, { payload: "A".repeat(66_000) })],
  ["not JSON", "not JSON", "{"],
  ["no object", "not a JSON object", "[]"],
  ["of a foreign stream", "frame of another stream", media({ streamSid: `MZ${"d".repeat(32)}` })],
  ["repeated", "sequenceNumber went back", media({ sequenceNumber: "1" })],
  ["a repeated chunk", "media.chunk went back", media({}, { chunk: "0" })],
  ["of our own track", "media of another track", media({}, { track: "outbound" })],
  ["no base64", "media.payload is not base64", media({}, { payload: "a*b=" })],
  ["a start again", "start came twice", JSON.stringify({ event: "start", start: {} })],
  ["without a counter", "sequenceNumber is no counter", media({ sequenceNumber: 3 })],
  [
    "a key that no keypad has",
    "dtmf.digit is no key",
    JSON.stringify({ event: "dtmf", sequenceNumber: "2", streamSid: call.streamSid, dtmf: { digit: "55" } }),
  ],
])("a frame that is %s ends the stream", (_, reason, frame) => {
  const { told, reader, read, carrier } = line();
  carrier.open();
  if (frame === null) reader.read(Buffer.from(media()), true);
  else read(frame);
  carrier.hearCaller(new Uint8Array(160));
  expect([told.malformed, told.audio]).toEqual([[reason], []]);
});

test("nothing but connected may come first, and nothing after stop", () => {
  for (const frame of [media(), JSON.stringify({ event: "start" })]) {
    const { told, read } = line();
    read(frame);
    expect(told.malformed).toEqual(["connected must come first"]);
  }
  const { told, carrier } = line();
  carrier.open();
  carrier.stop();
  carrier.hearCaller(new Uint8Array(160));
  expect([told.malformed, told.audio]).toEqual([["frame after stop"], []]);
});

test("no bytes make the reader throw, whatever was cut out of or put into a right frame", () => {
  const damage = oneof(constant(""), string(), constant('"'), constant("{"), constant("}"), constant(","));
  assert(
    property(integer({ min: 0, max: 200 }), integer({ min: 0, max: 40 }), damage, (at, length, inserted) => {
      const { told, read, carrier } = line();
      carrier.open();
      const frame = media();
      read(frame.slice(0, at) + inserted + frame.slice(at + length));
      expect(told.malformed.length + told.audio.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1500 },
  );
});

test("what the fast way accepts, a JSON parser reads alike", () => {
  const members = ['"sequenceNumber":"5"', `"streamSid":"${call.streamSid}"`, '"chunk":"9"', '"payload":"/w=="'];
  assert(
    property(subarray(members), subarray(members), (outer, inner) => {
      const frame = `{"event":"media",${[...outer, `"media":{${['"track":"inbound"', ...inner, '"timestamp":"3"'].join(",")}}`].join(",")}}`;
      const { told, read, carrier } = line();
      carrier.open();
      read(frame);
      const parsed = JSON.parse(frame) as Record<string, Record<string, string>>;
      const isRight =
        String(parsed["sequenceNumber"]) === "5" &&
        String(parsed["streamSid"]) === call.streamSid &&
        parsed["media"]?.["chunk"] === "9" &&
        parsed["media"]["payload"] !== undefined;
      expect(told.audio.length).toBe(isRight ? 1 : 0);
    }),
  );
});

test("what we write is a text frame of the protocol", () => {
  const writer = mediaStream.writer(call.streamSid);
  const written = [writer.media(new Uint8Array(160)), writer.mark('a "mark"'), writer.clear()].map(
    (frame) => JSON.parse(frame.toString()) as unknown,
  );
  const { streamSid } = call;
  expect(written).toEqual([
    { event: "media", streamSid, media: { payload: Buffer.alloc(160).toString("base64") } },
    { event: "mark", streamSid, mark: { name: 'a "mark"' } },
    { event: "clear", streamSid },
  ]);
});
