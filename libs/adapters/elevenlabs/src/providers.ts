import type { Providers } from "@tandem/ports/provider";
import { openTts } from "./tts.ts";

/** ElevenLabs on the audio thread: `ws` and nothing else. */
export const providers: Providers = { vendor: "elevenlabs", tts: (access) => openTts(access) };
