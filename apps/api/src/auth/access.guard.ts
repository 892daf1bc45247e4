import { type CanActivate, type ExecutionContext, Injectable } from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import { AppError } from "@tandem/kernel";
import type { ActorRole } from "@tandem/ports/store/control";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { type AuthenticatedActor, Authenticator } from "./authenticator.ts";
import type { ActingRequest } from "./current-actor.ts";
import { PERMISSION, type Permission, permissions, whileSuspended } from "./permission.ts";
import { eitherOf } from "../problem/fix.ts";
import { ConfirmationDesk, CONFIRMED, type Confirmed } from "./confirmation.ts";
import { RequestBudget } from "./request-budget.ts";

/** The one door: every route passes here, and a route that names no permission is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly budget: RequestBudget,
    private readonly confirmation: ConfirmationDesk,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const needed = this.reflector.getAllAndOverride<Permission | "public" | undefined>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needed === "public") return true;
    if (needed === undefined) throw new AppError("forbidden", "This route names no permission and is closed");
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & ActingRequest>();
    const actor = await this.authenticator.actor(request, needed);
    await this.budget.spend(actor.subject, http.getResponse<FastifyReply>());
    requirePermission(actor, needed);
    requireActiveTenant(actor, needed, request.method);
    if (actor.tenantId === null && !isPlatformRoute(needed)) {
      throw new AppError(
        "forbidden",
        "The platform does not read or change a tenant's deployments: use a key of the tenant, or name it in Tandem-Tenant",
      );
    }
    const confirmed = this.reflector.get<Confirmed | undefined>(CONFIRMED, context.getHandler());
    if (confirmed !== undefined) await this.confirmation.require(actor, request, confirmed);
    request.actor = actor;
    return true;
  }
}

/** Throws `forbidden`. */
function requirePermission({ roles, person }: AuthenticatedActor, needed: Permission): void {
  if (needed === "across" && person !== null) return;
  if (needed !== "self") return requireRole(roles, needed);
  if (person === null) throw new AppError("forbidden", "This belongs to a person who is signed in; a key has none");
}

/** Throws `forbidden`, naming the roles that would do. */
export function requireRole(roles: readonly ActorRole[], needed: Permission): void {
  const allowed: readonly ActorRole[] = permissions[needed];
  if (!roles.some((role) => allowed.includes(role))) {
    throw new AppError("forbidden", `This needs the role ${eitherOf(allowed)}`, { details: { allowed } });
  }
}

/** Throws `tenant_suspended` for what changes something in a tenant that is not active. */
function requireActiveTenant({ tenantStatus }: AuthenticatedActor, needed: Permission, method: string): void {
  if (tenantStatus === "active") return;
  const isLook = method === "GET" || method === "HEAD";
  if (!whileSuspended.has(needed) || (!isLook && needed !== "life" && needed !== "audit"))
    throw new AppError("tenant_suspended", `The tenant is ${tenantStatus}: its keys may read and export`);
}

const isPlatformRoute = (needed: Permission): boolean =>
  needed === "self" || needed === "across" || (permissions[needed] as readonly ActorRole[]).includes("platform-admin");
