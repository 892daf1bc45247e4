import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import { AppError } from "@tandem/kernel";
import type { Actor } from "@tandem/ports/store/control";
import type { PersonIdentity } from "@tandem/ports/store/persons";

/** What the guard leaves on the request. */
export interface ActingRequest {
  actor?: Actor & { readonly person?: PersonIdentity | null };
}

/** Hands a route the actor that the guard found. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<ActingRequest>();
  if (actor === undefined) throw new Error("a route that names the actor has no permission");
  return actor;
});

/** Hands a route the person who is signed in; throws `forbidden` for a key. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext): PersonIdentity => {
  const person = context.switchToHttp().getRequest<ActingRequest>().actor?.person ?? null;
  if (person === null) throw new AppError("forbidden", "This belongs to a person who is signed in; a key has none");
  return person;
});
