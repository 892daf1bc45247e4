import { defineAdapter } from "@tandem/ports/adapter";
import { descriptor } from "./descriptor.ts";

export { descriptor } from "./descriptor.ts";

/** Retell: hosted voice agents. The SDK is loaded when the first connection is opened. */
export const adapter = defineAdapter(descriptor, async (context) => {
  const [{ openWorkspace }, { openVoiceAgent }, { openResources }, { openVoices }] = await Promise.all([
    import("./workspace.ts"),
    import("./voice-agent.ts"),
    import("./resources.ts"),
    import("./voices.ts"),
  ]);
  const workspace = await openWorkspace(context);
  return {
    voiceAgent: openVoiceAgent(workspace),
    resources: openResources(workspace),
    voices: openVoices(workspace),
    close: () => Promise.resolve(),
  };
});
