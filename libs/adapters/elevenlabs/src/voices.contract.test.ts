import { Secret, systemClock } from "@tandem/kernel";
import { voicesContract } from "@tandem/ports/contract/voices.contract";
import type { Voices } from "@tandem/ports/voices";
import { startElevenLabs } from "../test/speaking.ts";
import { adapter } from "./index.ts";
import { demoAccount } from "./sandbox.ts";

const DEADLINE_MS = 600;

voicesContract("elevenlabs", async () => {
  const running = await startElevenLabs();
  const { voices } = await adapter.open({
    connectionId: "connection-1",
    config: {},
    secrets: { apiKey: new Secret(demoAccount.apiKey) },
    baseUrl: running.origins["elevenlabs"] ?? null,
    clock: systemClock,
    deadlineMs: DEADLINE_MS,
  });
  return {
    voices: voices as Voices,
    control: running.control,
    vendor: "elevenlabs",
    credential: demoAccount.apiKey,
    knownVoice: demoAccount.voice,
    deadlineMs: DEADLINE_MS,
    close: () => running.close(),
  };
});
