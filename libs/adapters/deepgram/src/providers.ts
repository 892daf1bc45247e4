import type { Providers } from "@tandem/ports/provider";
import { openStt } from "./stt.ts";
import { openTts } from "./tts.ts";

/** Deepgram on the audio thread. Opening connects nothing; Aura connects with its first session. */
export const providers: Providers = { vendor: "deepgram", stt: openStt, tts: openTts };
