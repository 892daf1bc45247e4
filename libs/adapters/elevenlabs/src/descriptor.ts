import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { z } from "zod";

/** An ElevenLabs connection has no config besides its secret: the key decides the workspace. */
export const ElevenLabsConfig = z.strictObject({});

export const descriptor: AdapterDescriptor = {
  id: "elevenlabs",
  title: "ElevenLabs",
  roles: [],
  providers: { elevenlabs: ["tts"] },
  config: ElevenLabsConfig,
  secrets: [
    {
      name: "apiKey",
      label: "API key",
      hint: "Developers → API keys. A restricted key needs Text to Speech: access and User: read; Voices: read lists the voices in the form.",
    },
  ],
  setUp: [
    {
      text: "Developers → API keys: create a restricted key with Text to Speech: access, User: read and Voices: read, nothing else, and give it a credit limit of its own.",
      at: "https://elevenlabs.io/app",
      gives: ["apiKey"],
    },
    {
      text: "Add voices of the library to the account: the playbook's form lists them.",
      at: "https://elevenlabs.io/app",
    },
  ],
  requiredScopes: {
    text_to_speech: "speaks to callers",
    user_read: "tells whether the account is active, before a rollout depends on it",
  },
  resources: [],
  listsVoices: true,
  limits: {
    requestsPerSecond: 10,
    note: "Bounded by what is generated at the same time (by plan and model); five contexts on one WebSocket. 429 was not processed.",
  },
  sandboxName: "elevenlabs",
};
