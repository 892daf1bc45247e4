import type { Price } from "./price.ts";

const READ = { basis: "third-party", readOn: "2026-11-28" } as const;
const RECALLED = { basis: "recalled", readOn: "2026-11-28" } as const;
const USD = 1_000_000;

const deepgram = { provider: "deepgram", source: "deepgram.com/pricing, pay as you go", ...RECALLED };
const openai = {
  kind: "llm",
  provider: "openai",
  source: "tokenmath.io/openai-api-pricing-explained",
  ...READ,
} as const;
const groq = {
  kind: "llm",
  provider: "groq",
  source: "published price lists of gateways to groq.com",
  ...READ,
} as const;
const twilio = { kind: "carrier", provider: "twilio", ...READ } as const;

/** List prices; accounts have their own (TANDEM_PRICES). Each says where and when it was read. */
export const priceTable: readonly Price[] = [
  { kind: "stt", ...deepgram, model: "nova-3", microsPerMinute: 0.0077 * USD },
  { kind: "stt", ...deepgram, model: "flux-general-en", microsPerMinute: 0.0077 * USD },
  { kind: "stt", ...deepgram, model: "nova-2-phonecall", microsPerMinute: 0.0058 * USD },
  { kind: "stt", ...deepgram, model: "nova-2", microsPerMinute: 0.0058 * USD },
  { kind: "tts", ...deepgram, model: "*", microsPerMillionCharacters: 30 * USD },
  {
    kind: "tts",
    provider: "cartesia",
    model: "*",
    source: "nolist.ai/item/cartesia, Scale plan",
    ...READ,
    microsPerMillionCharacters: 38 * USD,
  },
  {
    kind: "tts",
    provider: "elevenlabs",
    model: "eleven_flash_v2_5",
    source: "elevenlabs.io/pricing/api",
    ...RECALLED,
    microsPerMillionCharacters: 50 * USD,
  },
  { ...openai, model: "gpt-4.1", microsPerMillionInput: 2 * USD, microsPerMillionOutput: 8 * USD },
  { ...openai, model: "gpt-4.1-mini", microsPerMillionInput: 0.4 * USD, microsPerMillionOutput: 1.6 * USD },
  {
    ...groq,
    model: "llama-3.3-70b-versatile",
    microsPerMillionInput: 0.59 * USD,
    microsPerMillionOutput: 0.79 * USD,
  },
  { ...groq, model: "llama-3.1-8b-instant", microsPerMillionInput: 0.05 * USD, microsPerMillionOutput: 0.08 * USD },
  {
    kind: "llm",
    provider: "together",
    model: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    source: "together.ai/pricing",
    ...RECALLED,
    microsPerMillionInput: 0.88 * USD,
    microsPerMillionOutput: 0.88 * USD,
  },
  { ...twilio, model: "inbound", source: "usesherlock.ai, US local number", microsPerMinute: 0.0085 * USD },
  {
    ...twilio,
    ...RECALLED,
    model: "media-stream",
    source: "twilio.com/en-us/voice/pricing/us",
    microsPerMinute: 0.004 * USD,
  },
  {
    kind: "agent",
    provider: "retell",
    model: "*",
    source: "retellai.com/pricing, voice engine without the model",
    ...RECALLED,
    microsPerMinute: 0.07 * USD,
  },
];
