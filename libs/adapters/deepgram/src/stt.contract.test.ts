import { sttContract } from "@tandem/ports/contract/stt.contract";
import type { SttOptions } from "@tandem/ports/stt";
import { accessAt, fluxOptions, novaOptions, silence, speak, startDeepgram } from "../test/speech-subject.ts";
import { demoAccount } from "./sandbox.ts";
import { openStt } from "./stt.ts";

const subjectOf = (options: SttOptions) => async () => {
  const running = await startDeepgram();
  return {
    vendor: "deepgram",
    control: running.control,
    origin: running.origins["deepgram"] ?? "",
    credential: demoAccount.apiKey,
    at: ({ origin, credential }: { origin: string; credential: string }) => openStt(accessAt(origin, credential)),
    options,
    speak: (text: string) => speak(text, options.format),
    silence: (durationMs: number) => silence(durationMs, options.format),
    close: () => running.close(),
  };
};

sttContract("Deepgram's listen v1 on carrier audio", subjectOf(novaOptions));
sttContract("Deepgram's Flux", subjectOf(fluxOptions));
