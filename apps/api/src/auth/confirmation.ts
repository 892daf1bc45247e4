import { type CustomDecorator, Inject, Injectable, SetMetadata } from "@nestjs/common";
import type { ApiConfig } from "@tandem/config";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import type { FastifyRequest } from "fastify";
import { CONFIG, STORE } from "../tokens.ts";
import type { AuthenticatedActor } from "./authenticator.ts";

/** When a route asks: always, or only where callers of a production deployment would be moved. */
export type Confirmed = "always" | "production";

export const CONFIRMED = "tandem:confirmed";

/** A person must have shown within the last five minutes who they are; keys are not asked. */
export const NeedsConfirmation = (confirmed: Confirmed): CustomDecorator => SetMetadata(CONFIRMED, confirmed);

/** For so long nobody is asked again. */
export const CONFIRMED_FOR_MS = 5 * 60_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Asking = Pick<FastifyRequest, "params" | "body">;

/** Asks persons to show again who they are before they do what is hard to take back. */
@Injectable()
export class ConfirmationDesk {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  /** Throws `reauthentication_required`. */
  async require(actor: AuthenticatedActor, request: Asking, confirmed: Confirmed): Promise<void> {
    const { person } = actor;
    if (person === null || Date.now() - Date.parse(person.authenticatedAt) < CONFIRMED_FOR_MS) return;
    if (confirmed === "production" && !(await this.isAboutProduction(actor, request))) return;
    const known = await this.store.person(person.personId);
    const how = known?.issuer != null && this.config.oidcIssuer !== null ? "provider" : "password";
    throw new AppError("reauthentication_required", "Show again that it is you: the last time is too long ago", {
      details: { how },
    });
  }

  /** What nobody has is not production: the route itself says that it is not there. */
  private async isAboutProduction(actor: Actor, request: Asking): Promise<boolean> {
    const reference = await this.deploymentNamed(actor, request);
    if (reference === null) return false;
    return (await this.store.deployment(actor, reference))?.environment === "production";
  }

  /** By the deployment itself, by a plan for it, or by its rollout. */
  private async deploymentNamed(actor: Actor, { params, body }: Asking): Promise<string | null> {
    const { reference, id } = (params ?? {}) as { reference?: string; id?: string };
    if (reference !== undefined) return reference;
    if (id !== undefined) return UUID.test(id) ? ((await this.store.rollout(actor, id))?.deploymentId ?? null) : null;
    const { deploymentId, planId } = (body ?? {}) as { deploymentId?: unknown; planId?: unknown };
    if (typeof deploymentId === "string" && UUID.test(deploymentId)) return deploymentId;
    if (typeof planId !== "string" || !UUID.test(planId)) return null;
    const planned = await this.store.plan(actor, planId);
    return planned?.state === "ready" ? planned.plan.deploymentId : null;
  }
}
