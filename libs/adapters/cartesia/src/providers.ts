import type { Providers } from "@tandem/ports/provider";
import { openTts } from "./tts.ts";

/** Cartesia on the audio thread: `ws` and nothing else. */
export const providers: Providers = { vendor: "cartesia", tts: (access) => openTts(access) };
