import { Inject, Injectable } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError, instant } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { hashBearerToken, makeBearerToken } from "@tandem/secrets";
import type { FastifyReply, FastifyRequest } from "fastify";
import { CONFIG, STORE } from "../tokens.ts";
import { writeCookie } from "./cookies.ts";
import { PersonAuthenticator } from "./person-authenticator.ts";

const LONGEST_S = 12 * 3600;

/** Begins and ends sessions together with the cookie that stands for them. */
@Injectable()
export class BrowserSessions {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly persons: PersonAuthenticator,
  ) {}

  /** A new token each time; what the browser had before is over. Throws `unauthenticated` for a disabled person. */
  async begin(request: FastifyRequest, reply: FastifyReply, who: { personId: string; atMs: number }): Promise<void> {
    const token = makeBearerToken();
    const tokenHash = hashBearerToken(this.config.keyPepper, "person-session", token);
    if (tokenHash === null) throw new AppError("internal", "A session's token has another form than expected");
    const replaces = this.persons.tokenHash(request);
    const session = {
      personId: who.personId,
      tokenHash,
      userAgent: request.headers["user-agent"] ?? "",
      authenticatedAt: instant(who.atMs),
      replaces,
    };
    await this.store.startSession(session, request.id);
    if (replaces !== null) this.persons.forget(replaces);
    void reply.header("set-cookie", writeCookie(this.config, "session", token, LONGEST_S));
  }

  /** Whether or not there is one. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const tokenHash = this.persons.tokenHash(request);
    if (tokenHash !== null) {
      await this.store.endSession(tokenHash, request.id);
      this.persons.forget(tokenHash);
    }
    void reply.header("set-cookie", writeCookie(this.config, "session", "", 0));
  }

  /** The person has shown again who they are. */
  async confirm(request: FastifyRequest, sessionId: string): Promise<void> {
    await this.store.confirmSession(sessionId, request.id);
    const tokenHash = this.persons.tokenHash(request);
    if (tokenHash !== null) this.persons.forget(tokenHash);
  }
}
