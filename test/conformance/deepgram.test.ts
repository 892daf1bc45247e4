import { MULAW_SILENCE, renderTones } from "@tandem/audio";
import { adapter } from "@tandem/deepgram";
import { providers } from "@tandem/deepgram/providers";
import { demoAccount, sandbox } from "@tandem/deepgram/sandbox";
import { Secret, systemClock } from "@tandem/kernel";
import { type AudioFormat, CARRIER_FORMAT, type ProviderChoice } from "@tandem/ports/provider";
import type { SttEvent, SttOptions, SttStream } from "@tandem/ports/stt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deviations, touched } from "./interface.ts";
import { type OpenApiDocument, openApiInterface } from "./openapi.ts";
import {
  type AsyncApiDocument,
  asyncApiInterface,
  type SocketInterface,
  socketDeviations,
  type SpeechRecording,
  startSpeechRecording,
  touchedMessages,
} from "./speech-interface.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const secrets = { apiKey: new Secret(demoAccount.apiKey) };
const WIDE_FORMAT: AudioFormat = { encoding: "pcm16", sampleRateHz: 16_000 };

describeWithSpec("deepgram/asyncapi.yaml", "Deepgram", () => {
  let vendor: SocketInterface;
  let recording: SpeechRecording;
  beforeAll(async () => {
    vendor = asyncApiInterface(readSpec<AsyncApiDocument>("deepgram/asyncapi.yaml"), "subscribe");
    recording = await startSpeechRecording([sandbox]);
    await probe(recording);
    await useNova(recording);
    await useFlux(recording);
    await useAura(recording);
  });
  afterAll(() => recording.running.close());

  test("every socket that is opened and every frame on it is as the vendor describes it", () => {
    expect(socketDeviations(vendor, recording)).toEqual([]);
  });

  test("every message that the adapter sends or understands was exercised", () => {
    expect(touchedMessages(recording.frames)).toMatchInlineSnapshot(`
      [
        "/v1/listen client CloseStream",
        "/v1/listen client Finalize",
        "/v1/listen client KeepAlive",
        "/v1/listen client binary",
        "/v1/listen emulator Metadata",
        "/v1/listen emulator Results",
        "/v1/listen emulator SpeechStarted",
        "/v1/listen emulator UtteranceEnd",
        "/v1/speak client Clear",
        "/v1/speak client Close",
        "/v1/speak client Flush",
        "/v1/speak client Speak",
        "/v1/speak emulator Cleared",
        "/v1/speak emulator Flushed",
        "/v1/speak emulator Metadata",
        "/v1/speak emulator binary",
        "/v2/listen client CloseStream",
        "/v2/listen client Configure",
        "/v2/listen client binary",
        "/v2/listen emulator ConfigureSuccess",
        "/v2/listen emulator Connected",
        "/v2/listen emulator TurnInfo EagerEndOfTurn",
        "/v2/listen emulator TurnInfo EndOfTurn",
        "/v2/listen emulator TurnInfo StartOfTurn",
        "/v2/listen emulator TurnInfo TurnResumed",
        "/v2/listen emulator TurnInfo Update",
      ]
    `);
  });

  test("the probe's requests and their answers are as the vendor describes them", () => {
    const rest = openApiInterface(readSpec<OpenApiDocument>("deepgram/openapi.yaml"));
    expect(deviations(rest, recording.exchanges)).toEqual([]);
    expect(touched(rest, recording.exchanges)).toEqual(["GET /v1/projects", "GET /v1/projects/{project_id}/keys"]);
  });

  test("the check can fail", () => {
    const [upgrade] = recording.upgrades;
    const query = new URLSearchParams(upgrade?.query);
    query.set("encoding", "tones");
    query.set("pace", "7");
    const frame = (from: "client" | "emulator", text: string | null) => ({
      vendor: "deepgram",
      path: "/v1/listen",
      from,
      text,
      bytes: text === null ? new Uint8Array(1) : null,
    });
    const frames = [
      frame("client", '{"type":"Finalise"}'),
      frame("client", '{"type":"KeepAlive","extra":1}'),
      frame("emulator", '{"type":"SpeechStarted","channel":[0],"timestamp":"now"}'),
      frame("emulator", null),
    ];
    const found = socketDeviations(vendor, { ...recording, upgrades: [{ ...upgrade!, query }], frames }).join("\n");
    expect(found).toContain('{"additionalProperty":"pace"}');
    expect(found).toContain("/encoding must be equal to one of the allowed values");
    expect(found).toContain('no described message fits {"type":"Finalise"}');
    expect(found).toContain('{"additionalProperty":"extra"}');
    expect(found).toContain("/timestamp must be number");
    expect(found).toContain("a binary frame where none is described");
  });
});

const accessAt = ({ origin }: SpeechRecording) => ({
  config: {},
  secrets,
  baseUrl: origin("deepgram"),
  clock: systemClock,
});

const until = (hold: () => void): Promise<void> => vi.waitFor(hold, { timeout: 20_000, interval: 10 });

async function probe({ origin }: SpeechRecording): Promise<void> {
  const connection = await adapter.open({
    connectionId: "c",
    config: {},
    secrets,
    baseUrl: origin("deepgram"),
    clock: systemClock,
    deadlineMs: 5000,
  });
  await connection.account?.probe();
  await connection.close();
}

const choice: ProviderChoice = { model: "nova-3", voice: "", language: "en-US", settings: {} };

/** Speaks two sentences to one stream and brings it to its end. */
async function listen(
  recording: SpeechRecording,
  changes: Partial<SttOptions>,
  inBetween: (stream: SttStream, told: readonly SttEvent[]) => Promise<void> = async () => {},
): Promise<void> {
  const told: SttEvent[] = [];
  const format = changes.format ?? CARRIER_FORMAT;
  const options = { ...choice, format, endpointingMs: 300, keywords: ["Tandem", "Ada"], ...changes };
  const stream = providers.stt!(accessAt(recording)).open(options, (event) => told.push(event));
  const silence = new Uint8Array(format.encoding === "mulaw" ? 16_000 : 64_000);
  if (format.encoding === "mulaw") silence.fill(MULAW_SILENCE);
  for (const text of ["Good morning.", "Is this Tandem?"]) {
    stream.send(renderTones(text, format).audio);
    stream.send(silence);
  }
  await until(() => expect(told.filter(({ type }) => type === "final").length).toBeGreaterThan(1));
  await inBetween(stream, told);
  stream.close();
  await until(() => expect(told.at(-1)).toEqual({ type: "closed", failure: null }));
}

async function useNova(recording: SpeechRecording): Promise<void> {
  await listen(recording, {}, async (stream, told) => {
    const finals = told.filter(({ type }) => type === "final").length;
    stream.finalize();
    await until(() => expect(told.filter(({ type }) => type === "final").length).toBeGreaterThan(finals));
    await until(() => expect(sent(recording, "KeepAlive")).toBe(true));
  });
  await listen(recording, { model: "nova-2", format: WIDE_FORMAT, settings: { numerals: true, utteranceEndMs: 1500 } });
}

const sent = ({ frames }: SpeechRecording, type: string): boolean =>
  frames.some(({ from, text }) => from === "client" && text?.includes(type) === true);

async function useFlux(recording: SpeechRecording): Promise<void> {
  const flux = { model: "flux-general-en", endpointingMs: 800 };
  await listen(
    recording,
    { ...flux, settings: { eotThreshold: 0.9, eagerEotThreshold: 0.3 } },
    async (stream, told) => {
      // A pause that is long enough for an eager end only, and then speech again.
      stream.send(renderTones("Well ", CARRIER_FORMAT).audio);
      stream.send(new Uint8Array(5200).fill(MULAW_SILENCE));
      stream.send(renderTones("so it is", CARRIER_FORMAT).audio);
      stream.send(new Uint8Array(400).fill(MULAW_SILENCE));
      await until(() => expect(told.some(({ type }) => type === "turn-resumed")).toBe(true));
      stream.finalize();
      await until(() => expect(sent(recording, '"eot_timeout_ms":800')).toBe(true));
    },
  );
  await listen(recording, { model: "flux-general-multi", language: "de-DE", format: WIDE_FORMAT });
}

async function useAura(recording: SpeechRecording): Promise<void> {
  const say = async (format: AudioFormat, settings: ProviderChoice["settings"]): Promise<void> => {
    const session = providers.tts!(accessAt(recording)).open({
      ...choice,
      model: "aura-2-thalia-en",
      settings,
      format,
    });
    let heardBytes = 0;
    let isDone = false;
    const listener = {
      audio: (chunk: Uint8Array) => void (heardBytes += chunk.length),
      words: () => {},
      done: () => void (isDone = true),
      failed: () => {},
    };
    const cut = session.speak(listener);
    cut.write("A long story about nothing in particular, told slowly.");
    await until(() => expect(heardBytes).toBeGreaterThan(0));
    cut.cancel();
    const whole = session.speak(listener);
    whole.write("Hello ");
    whole.write("there.");
    whole.end();
    await until(() => expect(isDone).toBe(true));
    session.close();
  };
  await say(CARRIER_FORMAT, {});
  await say(WIDE_FORMAT, { speed: 1.2, mipOptOut: true });
}
