import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { Actor } from "@tandem/ports/store/control";

/** What the guard leaves on the request. */
export interface ActingRequest {
  actor?: Actor;
}

/** Hands a route the actor that the guard found. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<ActingRequest>();
  if (actor === undefined) throw new Error("a route that names the actor has no permission");
  return actor;
});
