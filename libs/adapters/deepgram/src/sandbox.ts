import type { SandboxResponse, SandboxSocket, SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { failure, handle, newUuid, projectOf, seed, setScopes } from "./sandbox/account.ts";
import { FluxSession } from "./sandbox/flux-session.ts";
import { ListenSession } from "./sandbox/listen-session.ts";
import { SpeakSession } from "./sandbox/speak-session.ts";
import { formatOf, type StreamRequest } from "./sandbox/stream-request.ts";

export { demoAccount } from "./sandbox/account.ts";

/** Path → what serves it, and the models that it knows. */
const CHANNELS: Readonly<Record<string, { serve(asked: StreamRequest): void; readonly models: RegExp }>> = {
  "/v1/listen": { serve: (asked) => void new ListenSession(asked), models: /^(nova|enhanced|base|$)/u },
  "/v2/listen": { serve: (asked) => void new FluxSession(asked), models: /^flux/u },
  "/v1/speak": { serve: (asked) => void new SpeakSession(asked), models: /^(aura|$)/u },
};

/**
 * The part of Deepgram that Tandem uses: streams that read and write tones. Settings: `sttMs` (60) and `ttsMs` (50) until the first
 * useful output, `idleMs` (10,000), and the host's `latency` and `stall`. The ledger tells what was `heard`, `said` and `cancelled`. Action: `setScopes {scopes}` of the demo project's key.
 */
export const sandbox: SandboxVendor = {
  name: "deepgram",
  handle,
  failure,
  seed,
  open(socket: SandboxSocket, world: SandboxWorld): SandboxResponse | null {
    const { request } = socket;
    const channel = CHANNELS[request.path];
    if (channel === undefined) return failure(404);
    const project = projectOf(request, world);
    if (project === undefined) return failure(401);
    const { query } = request;
    if (!channel.models.test(query.get("model") ?? "")) return failure(400, "No such model for this path.");
    if (query.has("keywords") && query.get("model")?.startsWith("nova-3") === true)
      return failure(400, "Keywords are not supported by this model; use keyterm.");
    const format = formatOf(query);
    if (format === null) return failure(400, "Unsupported encoding and sample_rate.");
    channel.serve({ socket, world, project, format, query, requestId: newUuid(world) });
    return null;
  },
  actions: { setScopes },
};
