import { ttsContract } from "@tandem/ports/contract/tts.contract";
import type { TtsOptions } from "@tandem/ports/tts";
import { accessAt, auraOptions, read, startDeepgram, WIDE_FORMAT } from "../test/speech-subject.ts";
import { demoAccount } from "./sandbox.ts";
import { openTts } from "./tts.ts";

const subjectOf = (options: TtsOptions) => async () => {
  const running = await startDeepgram();
  return {
    vendor: "deepgram",
    control: running.control,
    origin: running.origins["deepgram"] ?? "",
    credential: demoAccount.apiKey,
    at: ({ origin, credential }: { origin: string; credential: string }) => openTts(accessAt(origin, credential)),
    options,
    read: (audio: Uint8Array) => read(audio, options.format),
    close: () => running.close(),
  };
};

ttsContract("Deepgram's Aura on carrier audio", subjectOf(auraOptions));
ttsContract("Deepgram's Aura on wide audio", subjectOf({ ...auraOptions, format: WIDE_FORMAT }));
