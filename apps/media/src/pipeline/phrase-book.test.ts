import { expect, test } from "vitest";
import { VoiceScene } from "../../test-support/voice-scene.ts";
import { failureLine, fillerLine, fixedLines } from "./fixed-lines.ts";
import { prepareRelease } from "./open-pipeline.ts";
import { PhraseBook } from "./phrase-book.ts";
import { CARRIER_FORMAT } from "@tandem/ports/provider";
import { ToneReader } from "@tandem/audio";
import { goodMood, toneTts } from "../../test-support/tone-providers.ts";

test("the fixed lines of a release are rendered once, kept, and found again by another node without a voice", async () => {
  const scene = await new VoiceScene().prepared();
  const { phrases } = scene.node;
  for (const line of fixedLines(scene.bundle)) expect(phrases.audioOf(scene.bundle, line)).not.toBeNull();
  expect(phrases.audioOf(scene.bundle, "never prepared")).toBeNull();
  expect(scene.store.bodies.size).toBe(fixedLines(scene.bundle).length);
  expect([...scene.store.bodies.keys()].every((key) => /^phrases\/[0-9a-z]+\.ulaw$/.test(key))).toBe(true);

  const other = new PhraseBook({ store: scene.store, timers: scene.time });
  expect(other.audioOf(scene.bundle, failureLine(scene.bundle))).toBeNull();
  await other.prepare(scene.bundle, () => Promise.resolve([]));
  expect(other.audioOf(scene.bundle, failureLine(scene.bundle))).toEqual(
    phrases.audioOf(scene.bundle, failureLine(scene.bundle)),
  );
});

test("a voice that fails is passed over; another voice has its own rendering", async () => {
  const scene = new VoiceScene();
  scene.mood("tts1").isDown = true;
  await scene.greeted();
  await scene.time.until(
    "the filler is there",
    () => scene.node.phrases.audioOf(scene.bundle, fillerLine(scene.bundle)) !== null,
    90_000,
  );
  const otherVoices = {
    ...scene.bundle,
    providers: {
      ...scene.bundle.providers,
      tts: scene.bundle.providers.stt.map((link) => ({ ...link, model: "other" })),
    },
  };
  expect(scene.node.phrases.audioOf(otherVoices, fillerLine(scene.bundle))).toBeNull();
});

test("lines that depend on the call are not prepared, and every language has its sentences", () => {
  const { bundle } = new VoiceScene();
  const german = { ...bundle, agent: { ...bundle.agent, language: "de-DE" } };
  expect(failureLine(german)).toContain("technische Schwierigkeiten");
  const withVariables = { ...bundle, conversation: { ...bundle.conversation, greeting: "Good {{call.partOfDay}}." } };
  expect(fixedLines(withVariables).join(" ")).not.toContain("{{");
});

test("a release is prepared before its first call, by the first voice that can be opened, and again only when something is missing", async () => {
  const { node, bundle, time, store } = new VoiceScene();
  const opened: string[] = [];
  const openProvider = (provider: string) => {
    opened.push(provider);
    if (provider === "p1") return Promise.reject(new Error("no account"));
    const providers = { vendor: provider, tts: () => toneTts(time, goodMood(1)) };
    return Promise.resolve({
      vendor: provider,
      connectionId: "c",
      providers,
      access: { config: {}, secrets: {}, baseUrl: null, clock: time },
    });
  };
  let isDone = false;
  void prepareRelease(node, bundle, openProvider).then(() => (isDone = true));
  await time.until("all is rendered", () => isDone, 120_000);
  const words: string[] = [];
  const reader = new ToneReader(CARRIER_FORMAT, (event) => event.type === "word" && words.push(event.text));
  reader.push(node.phrases.audioOf(bundle, failureLine(bundle)) ?? new Uint8Array(0));
  reader.flush();
  expect(words.join(" ")).toBe(failureLine(bundle));
  expect(store.bodies.size).toBe(fixedLines(bundle).length);
  await prepareRelease(node, bundle, openProvider);
  expect(opened).toEqual(["p1", "p2", "p3"]);
});
