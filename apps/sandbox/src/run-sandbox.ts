import type { SandboxConfig } from "@tandem/config";
import { sandbox as cartesia } from "@tandem/cartesia/sandbox";
import { sandbox as deepgram } from "@tandem/deepgram/sandbox";
import { sandbox as elevenlabs } from "@tandem/elevenlabs/sandbox";
import { sandbox as google } from "@tandem/google/sandbox";
import { sandbox as hubspot } from "@tandem/hubspot/sandbox";
import { sandbox as openai } from "@tandem/openai/sandbox";
import { sandbox as retell } from "@tandem/retell/sandbox";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";
import { sandbox as twilio } from "@tandem/twilio/sandbox";

/** Every emulator in one process, one port each, with what they hold kept on disk. */
export const runSandbox = (config: SandboxConfig): Promise<RunningSandbox> =>
  startSandbox({
    vendors: [twilio, retell, google, hubspot, deepgram, cartesia, elevenlabs, openai],
    dataDir: config.dataDir,
    host: config.host,
    controlPort: config.controlPort,
    ports: {
      twilio: config.twilioPort,
      retell: config.retellPort,
      google: config.googlePort,
      hubspot: config.hubspotPort,
      deepgram: config.deepgramPort,
      cartesia: config.cartesiaPort,
      elevenlabs: config.elevenlabsPort,
      openai: config.openaiPort,
    },
  });
