import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from "@nestjs/common";
import { AppError, contentHash, isJsonObject, type Json } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { from, type Observable } from "rxjs";
import { lastValueFrom } from "rxjs";
import type { ActingRequest } from "../auth/current-actor.ts";
import { requireStorable } from "../problem/storable-input.ts";
import { STORE } from "../tokens.ts";

const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * `Idempotency-Key` on every POST: the same key with the same body answers what the first request answered; with another body it
 * is refused; while the first is under way it is refused as in flight. A request that failed may be repeated with its key.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & ActingRequest>();
    if (request.method !== "POST" || request.actor === undefined) return next.handle();
    return from(
      this.once(request, http.getResponse<FastifyReply>(), () => lastValueFrom(next.handle(), { defaultValue: null })),
    );
  }

  private async once(
    request: FastifyRequest & ActingRequest,
    reply: FastifyReply,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { actor } = request;
    if (actor === undefined) return work();
    const key = request.headers["idempotency-key"];
    if (typeof key !== "string" || !KEY_FORM.test(key)) {
      throw new AppError(
        "idempotency_key_missing",
        "Every POST needs an Idempotency-Key of 1–255 visible ASCII characters",
      );
    }
    requireStorable(request.body); // hashing walks it
    const route = request.url.split("?")[0] ?? "";
    const claim = await this.store.claimIdempotency(actor, key, route, contentHash((request.body ?? null) as Json));
    if (claim.state === "replay") {
      void reply.code(claim.status).header("idempotency-replayed", "true");
      return claim.body;
    }
    if (claim.state === "in-flight")
      throw new AppError("idempotency_in_flight", "A request with this key is under way", { retryable: true });
    if (claim.state === "mismatch")
      throw new AppError("idempotency_mismatch", "This key was used with another body or route");
    request.actor = { ...actor, effectId: claim.effectId };
    try {
      const body = await work();
      await this.store.completeIdempotency(actor, key, route, reply.statusCode, withoutSecret(body));
      return body;
    } catch (error) {
      await this.store
        .abandonIdempotency(actor, key, route)
        .catch((failure: unknown) =>
          request.log.warn({ err: failure }, "idempotency key stays claimed until it expires"),
        );
      throw error;
    }
  }
}

/** What a repetition gets: a new API key, signing secret or address to talk at is shown once, in the first answer, and kept nowhere. */
function withoutSecret(body: unknown): Json {
  const kept = (body ?? null) as Json;
  if (!isJsonObject(kept)) return kept;
  if ("addressee" in kept && "url" in kept) return { ...kept, url: null };
  if ("address" in kept && "expiresAt" in kept) return { ...kept, address: null };
  if ("invitationUrl" in kept) return { ...kept, invitationUrl: null };
  if ("signingSecret" in kept) return { ...kept, signingSecret: null };
  return "key" in kept && "keyId" in kept ? { ...kept, key: null } : kept;
}
