import type { SandboxResponse } from "@tandem/ports/sandbox";

const voice = (provider: "elevenlabs" | "cartesia", name: string, gender: "male" | "female", accent: string) => ({
  voice_id: `${provider === "elevenlabs" ? "11labs" : provider}-${name}`,
  voice_name: name,
  provider,
  gender,
  accent,
  age: "Young",
  preview_audio_url: `https://samples.retell.example/${name.toLowerCase()}.mp3`,
});

/** `GET /list-voices`: the catalogue of every workspace, without pages. */
export const listVoices = (): SandboxResponse => ({
  status: 200,
  body: [
    voice("elevenlabs", "Adrian", "male", "American"),
    voice("elevenlabs", "Myra", "female", "American"),
    voice("elevenlabs", "Amy", "female", "British"),
    voice("cartesia", "Cimo", "female", "American"),
  ],
});
