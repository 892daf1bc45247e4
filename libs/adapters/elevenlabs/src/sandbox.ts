import type { SandboxSocket, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { authenticated, plantDemo, setAccount } from "./sandbox/account.ts";
import { listVoices } from "./sandbox/voice-route.ts";
import { httpRefusal, Refusal } from "./sandbox/answer.ts";
import { Connection, refuseSocket } from "./sandbox/connection.ts";
import { isSpeechPath, lineOptions } from "./sandbox/line-options.ts";
import { numberSetting, usageOf } from "./sandbox/usage.ts";

export { demoAccount } from "./sandbox/account.ts";

/** The part of ElevenLabs that Tandem uses: a voice that speaks readable tones over `multi-stream-input`. */
export const sandbox: SandboxVendor = {
  name: "elevenlabs",
  handle(request, world) {
    const account = authenticated(request, world);
    if (account === null) return httpRefusal(401);
    if (request.method === "GET" && request.path === "/v2/voices") return listVoices(request);
    if (request.method !== "GET" || request.path !== "/v1/user/subscription") return httpRefusal(404);
    return {
      status: 200,
      body: {
        tier: account.tier,
        status: account.status,
        character_count: usageOf(account, world).characters,
        character_limit: numberSetting(world, "characterLimit", account.characterLimit),
      },
    };
  },
  open(socket: SandboxSocket, world: SandboxWorld) {
    if (!isSpeechPath(socket.request.path)) return httpRefusal(404);
    try {
      const account = authenticated(socket.request, world);
      if (account === null) throw new Refusal("invalid_api_key", "Invalid API key");
      new Connection(socket, world, account, lineOptions(socket.request));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuseSocket(socket, error);
    }
    return null;
  },
  failure: httpRefusal,
  seed: plantDemo,
  actions: { setAccount },
};
