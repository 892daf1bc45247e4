import { createHmac } from "node:crypto";
import { callFromSandbox, type CallReport, runScript, toneVoice } from "@tandem/caller";
import type { CallerStep } from "@tandem/domain/manifest";
import type { Json, JsonObject } from "@tandem/kernel";
import { demoAccount } from "@tandem/twilio/sandbox";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openSocketRelay, type RelayedFrame, type SocketRelay } from "../../apps/media/test-support/socket-relay.ts";
import {
  INGRESS_KEY,
  number,
  openSpokenOffice,
  spokenBundle,
  type SpokenOffice,
} from "../../apps/media/test-support/spoken-office.ts";
import { schemaChecker } from "./json-schema.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const SPEC = "twilio/media-streams.schema.json";
/** Spoken for the better part of a minute: whenever the interruption comes, there is something left to clear. */
const LONG_GREETING = `Hello, this is the front desk. ${"We are open every day and we are glad to help you. ".repeat(15)}`;

describeWithSpec(SPEC, "Twilio's Media Streams", () => {
  let office: SpokenOffice;
  let relay: SocketRelay;
  let spec: JsonObject;
  let report: CallReport;

  beforeAll(async () => {
    spec = readSpec<JsonObject>(SPEC);
    office = await openSpokenOffice();
    relay = await openSocketRelay(() => office.node.origin);
    await office.node.close();
    const { conversation } = office.bundle;
    office.serve(spokenBundle({ conversation: { ...conversation, greeting: LONG_GREETING.trim() } }));
    await office.start({ streamUrl: relay.origin });
    const { controlOrigin } = office.sandbox;
    const line = await callFromSandbox({ controlOrigin, to: number, from: "+15550007002" });
    const steps: readonly CallerStep[] = [
      { do: "interrupt", atWord: "front", text: "My name is Ada Lovelace.", stopsWithinMs: 20_000 },
      { do: "listen", withinMs: 40_000 },
      { do: "press", digits: "5" },
      { do: "hang-up" },
    ];
    report = await runScript({ line, voice: toneVoice(), steps });
    await vi.waitFor(() => {
      if (!relay.frames.some((frame) => nameOf(frame) === "stop"))
        throw new Error("The carrier has not sent its stop.");
    }, 20_000);
  }, 120_000);
  afterAll(async () => {
    relay.close();
    await office.stop();
  });

  const nameOf = ({ from, text }: RelayedFrame): string => {
    const event = String((JSON.parse(text) as JsonObject)["event"]);
    return from === "server" ? `out_${event}` : event;
  };
  const deviations = (frames: readonly RelayedFrame[]): readonly string[] => {
    const { check } = schemaChecker(spec);
    const definitions = spec["definitions"] as JsonObject;
    const known = { dialler: spec["from_twilio"] as string[], server: spec["to_twilio"] as string[] };
    return frames.flatMap((frame) => {
      const name = nameOf(frame);
      if (!known[frame.from].includes(name)) return [`${frame.from} may not send ${name}`];
      return check(definitions[name] as Json, JSON.parse(frame.text) as Json).map((line) => `${name}: ${line}`);
    });
  };

  test("every frame of our service and of the emulated carrier is as the vendor describes it", () => {
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(relay.frames.length).toBeGreaterThan(100);
    expect([...new Set(deviations(relay.frames))]).toEqual([]);
  });

  test("connected and start come first and once, counters count, and every frame of ours names the stream", () => {
    const incoming = relay.frames
      .filter(({ from }) => from === "dialler")
      .map(({ text }) => JSON.parse(text) as JsonObject);
    expect(incoming.slice(0, 2).map((frame) => frame["event"])).toEqual(["connected", "start"]);
    expect(incoming.slice(1).map((frame) => Number(frame["sequenceNumber"]))).toEqual(
      incoming.slice(1).map((_, n) => n + 1),
    );
    const streams = new Set(relay.frames.map(({ text }) => (JSON.parse(text) as JsonObject)["streamSid"]));
    expect([...streams].filter((stream) => stream !== undefined)).toHaveLength(1);
    const kinds = new Set(relay.frames.map(nameOf));
    expect([...kinds]).toEqual(
      expect.arrayContaining(["media", "mark", "dtmf", "stop", "out_media", "out_mark", "out_clear"]),
    );
  });

  test("the handshake is signed over the address of the stream", () => {
    const url = `${relay.origin.replace("http", "ws")}/stream/${INGRESS_KEY}`;
    const signature = createHmac("sha1", demoAccount.authToken).update(url).digest("base64");
    expect(relay.upgrades).toMatchObject([
      { path: `/stream/${INGRESS_KEY}`, headers: { "x-twilio-signature": signature } },
    ]);
  });

  test("the check can fail", () => {
    const broken = [
      { from: "server", text: '{"event":"media","media":{"payload":7}}' },
      { from: "dialler", text: '{"event":"clear"}' },
    ] as const;
    const found = deviations(broken).join("\n");
    expect(found).toContain("must have required property 'streamSid'");
    expect(found).toContain("must be string");
    expect(found).toContain("dialler may not send clear");
  });
});
