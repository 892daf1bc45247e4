import type { Voices } from "@tandem/ports/voices";
import { voicesContract } from "@tandem/ports/contract/voices.contract";
import { DEADLINE_MS, openConnection, startRetell } from "../test/open-connection.ts";
import { demoWorkspace } from "./sandbox.ts";

voicesContract("retell", async () => {
  const running = await startRetell();
  const { voices } = await openConnection(running);
  return {
    voices: voices as Voices,
    control: running.control,
    vendor: "retell",
    credential: demoWorkspace.apiKey,
    knownVoice: "11labs-Adrian",
    deadlineMs: DEADLINE_MS,
    close: () => running.close(),
  };
});
