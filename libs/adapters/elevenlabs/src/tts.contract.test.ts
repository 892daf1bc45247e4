import { ttsContract } from "@tandem/ports/contract/tts.contract";
import { access, options, readTones, startElevenLabs } from "../test/speaking.ts";
import { demoAccount } from "./sandbox.ts";
import { openTts } from "./tts.ts";

ttsContract("elevenlabs", async () => {
  const running = await startElevenLabs();
  return {
    vendor: "elevenlabs",
    control: running.control,
    origin: running.origins["elevenlabs"]!,
    credential: demoAccount.apiKey,
    at: ({ origin, credential }) => openTts(access(origin, credential)),
    options,
    read: (audio) => readTones(audio, options.format),
    close: () => running.close(),
  };
});
