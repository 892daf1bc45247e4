import type {
  SandboxRequest,
  SandboxResponse,
  SandboxSocket,
  SandboxVendor,
  SandboxWorld,
} from "@tandem/ports/sandbox";
import { authenticated, plantDemo, VOICES } from "./sandbox/account.ts";
import { httpAnswer, refusal } from "./sandbox/answer.ts";
import { Connection } from "./sandbox/connection.ts";
import { concurrencyOf, usageOf } from "./sandbox/usage.ts";

export { demoAccount } from "./sandbox/account.ts";

const SOCKETS_PER_CONTEXT = 10;

/** The part of Cartesia that Tandem uses: a voice that speaks readable tones over `/tts/websocket`. */
export const sandbox: SandboxVendor = {
  name: "cartesia",
  handle(request, world) {
    const refused = refusedFor(request, world);
    if (refused !== null) return refused;
    if (request.method === "GET" && request.path === "/voices") return listVoices(request);
    return httpAnswer(refusal(404));
  },
  open(socket: SandboxSocket, world: SandboxWorld) {
    const { request } = socket;
    if (request.path !== "/tts/websocket") return httpAnswer(refusal(404));
    const account = authenticated(request, world);
    const refused = refusedFor(request, world);
    if (account === null || refused !== null) return refused ?? httpAnswer(refusal(401));
    if (usageOf(account, world).sockets >= SOCKETS_PER_CONTEXT * concurrencyOf(account, world))
      return httpAnswer(refusal(429));
    new Connection(socket, world, account);
    return null;
  },
  failure: (status) => httpAnswer(refusal(status)),
  seed: plantDemo,
  actions: {},
};

/** Every request names the interface's date and a key that works. */
function refusedFor(request: SandboxRequest, world: SandboxWorld): SandboxResponse | null {
  if (authenticated(request, world) === null) return httpAnswer(refusal(401));
  const version = request.headers["cartesia-version"] ?? request.query.get("cartesia_version") ?? "";
  if (/^\d{4}-\d{2}-\d{2}$/u.test(version)) return null;
  return httpAnswer({
    status: 400,
    title: "Invalid request",
    message: "Cartesia-Version must be a date, YYYY-MM-DD.",
    code: "invalid_version",
  });
}

function listVoices(request: SandboxRequest): SandboxResponse {
  const limit = Number(request.query.get("limit") ?? 10);
  const from = VOICES.findIndex(({ id }) => id === request.query.get("starting_after")) + 1;
  const data = VOICES.slice(from, from + limit).map((voice) => ({
    ...voice,
    language: "en",
    is_owner: false,
    is_public: true,
    created_at: "2026-01-01T00:00:00Z",
  }));
  return { status: 200, body: { data, has_more: from + limit < VOICES.length, next_page: null } };
}
