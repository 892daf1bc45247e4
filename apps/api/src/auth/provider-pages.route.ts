import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { ApiConfig } from "@tandem/config";
import { AppError, errorCatalog } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { describeError, type Logger } from "@tandem/telemetry";
import type { FastifyReply, FastifyRequest } from "fastify";
import { BrowserSessions } from "./browser-sessions.ts";
import { readCookie, writeCookie } from "./cookies.ts";
import { PersonAuthenticator } from "./person-authenticator.ts";
import { ATTEMPT_S, Provider, type Returned } from "./provider.ts";
import { REFUSAL_PAGE_POLICY, refusalPage } from "./refusal-page.ts";
import { returnPath } from "./return-path.ts";
import { SignInBudget } from "./sign-in-budget.ts";

interface Parts {
  readonly config: ApiConfig;
  readonly store: ControlStore;
}

type PageRequest = FastifyRequest<{ Querystring: Record<string, unknown> }>;

/** The way to the identity provider and back: pages beside Nest's pipeline, whose addresses hold codes and are not logged. */
export function registerProviderPages(app: NestFastifyApplication, parts: Parts, logger: Logger): void {
  const pages = new ProviderPages(app, parts);
  const serve =
    (work: (request: PageRequest, reply: FastifyReply) => Promise<void>) =>
    async (request: PageRequest, reply: FastifyReply) => {
      try {
        await work(request, reply);
      } catch (error) {
        logger.warn({ err: describeError(error), requestId: request.id }, "a sign-in did not come about");
        refuse(reply, error);
      }
      return reply;
    };
  const server = app.getHttpAdapter().getInstance();
  server.get(
    "/auth/login",
    { logLevel: "silent" },
    serve((request, reply) => pages.leave(request, reply)),
  );
  server.get(
    "/auth/callback",
    { logLevel: "silent" },
    serve((request, reply) => pages.comeBack(request, reply)),
  );
}

class ProviderPages {
  readonly #parts: Parts;
  readonly #provider: Provider;
  readonly #sessions: BrowserSessions;
  readonly #persons: PersonAuthenticator;
  readonly #budget: SignInBudget;

  constructor(app: NestFastifyApplication, parts: Parts) {
    this.#parts = parts;
    this.#provider = app.get(Provider);
    this.#sessions = app.get(BrowserSessions);
    this.#persons = app.get(PersonAuthenticator);
    this.#budget = app.get(SignInBudget);
  }

  /** To the provider; without one, to our own page for signing in. */
  async leave({ query, ip }: PageRequest, reply: FastifyReply): Promise<void> {
    const { config } = this.#parts;
    const returnTo = returnPath(config, query["return"]);
    if (config.oidcIssuer === null) return redirect(reply, `/sign-in?return=${encodeURIComponent(returnTo)}`);
    await this.#budget.spend(ip);
    const { url, kept } = await this.#provider.leave(returnTo, query["confirm"] === "1");
    void reply.header("set-cookie", writeCookie(config, "sign-in", kept, ATTEMPT_S));
    redirect(reply, url);
  }

  async comeBack(request: PageRequest, reply: FastifyReply): Promise<void> {
    const { config, store } = this.#parts;
    await this.#budget.spend(request.ip);
    const kept = readCookie(config, request.headers.cookie, "sign-in");
    void reply.header("set-cookie", writeCookie(config, "sign-in", "", 0));
    const query = request.url.slice(`${request.url}?`.indexOf("?"));
    const returned = await this.#provider.comeBack(query, kept);
    const person = await store.personOfProvider(returned.identity, request.id);
    if (person === null) throw new AppError("sign_in_refused", unknown(returned));
    if (returned.isConfirmation) await this.#confirm(request, person.personId);
    else await this.#sessions.begin(request, reply, { personId: person.personId, atMs: returned.authenticatedAtMs });
    redirect(reply, returned.returnTo);
  }

  /** Only the person whose session it is confirms it. */
  async #confirm(request: PageRequest, personId: string): Promise<void> {
    const identity = await this.#persons.identity(request, null);
    if (identity === null || identity.personId !== personId)
      throw new AppError("sign_in_refused", "You signed in at the provider as somebody else than here");
    await this.#sessions.confirm(request, identity.sessionId);
  }
}

const unknown = ({ identity }: Returned): string =>
  identity.verifiedEmail === null
    ? "The identity provider does not say that your e-mail address is verified, so that no invitation can be found."
    : "You are known to the identity provider, but nobody has invited this address. Ask a tenant administrator for an invitation.";

function redirect(reply: FastifyReply, to: string): void {
  void reply.code(302).header("location", to).send();
}

/** A page for persons, with the status of the error behind it; what is ours to mend is not told in detail. */
function refuse(reply: FastifyReply, error: unknown): void {
  const known = error instanceof AppError && error.code !== "internal";
  void reply
    .code(known ? errorCatalog[error.code].status : 503)
    .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": REFUSAL_PAGE_POLICY })
    .send(refusalPage(known ? error.message : "Something went wrong on our side. Try again in a minute."));
}
