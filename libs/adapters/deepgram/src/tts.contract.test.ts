import { ttsContract } from "@tandem/ports/contract/tts.contract";
import { accessAt, auraOptions, read, startDeepgram } from "../test/speech-subject.ts";
import { demoAccount } from "./sandbox.ts";
import { openTts } from "./tts.ts";

const openSubject = async () => {
  const running = await startDeepgram();
  return {
    vendor: "deepgram",
    control: running.control,
    origin: running.origins["deepgram"] ?? "",
    credential: demoAccount.apiKey,
    at: ({ origin, credential }: { origin: string; credential: string }) => openTts(accessAt(origin, credential)),
    options: auraOptions,
    read: (audio: Uint8Array) => read(audio),
    close: () => running.close(),
  };
};

ttsContract("Deepgram's Aura", openSubject);
