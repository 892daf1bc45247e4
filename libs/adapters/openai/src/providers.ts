import type { Providers } from "@tandem/ports/provider";
import { openLlm } from "./llm.ts";

/** OpenAI-compatible chat models for the audio thread. */
export const providers: Providers = { vendor: "openai", llm: openLlm };
