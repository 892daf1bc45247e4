import { ttsContract } from "@tandem/ports/contract/tts.contract";
import { access, options, readTones, startCartesia } from "../test/speaking.ts";
import { demoAccount } from "./sandbox.ts";
import { openTts } from "./tts.ts";

ttsContract("cartesia", async () => {
  const running = await startCartesia();
  return {
    vendor: "cartesia",
    control: running.control,
    origin: running.origins["cartesia"]!,
    credential: demoAccount.apiKey,
    at: ({ origin, credential }) => openTts(access(origin, credential)),
    options,
    read: (audio) => readTones(audio, options.format),
    close: () => running.close(),
  };
});
