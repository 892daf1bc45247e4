import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from "@nestjs/common";
import { type FastifyRequest } from "fastify";
import type { Observable } from "rxjs";
import { InvalidInput } from "./invalid-input.ts";

/** Objects and lists within each other: more than any body of ours has. */
const DEEPEST = 60;

/** Names that the framework would leave out in silence. */
const LEFT_OUT: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Refuses what no column can hold (NUL characters, halves of a surrogate pair), what would be left out unsaid, and nesting without end. After
 * the guard, before everything else.
 */
@Injectable()
export class StorableInput implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, query, params } = context.switchToHttp().getRequest<FastifyRequest>();
    requireStorable(params);
    requireStorable(query);
    requireStorable(body);
    return next.handle();
  }
}

/** Throws `invalid_input` that names the place. */
export function requireStorable(value: unknown, path = "", depth = 0): void {
  if (typeof value === "string") requireText(value, path);
  if (typeof value !== "object" || value === null) return;
  if (depth >= DEEPEST)
    throw new InvalidInput([{ path, message: `must not be nested more than ${DEEPEST} levels deep` }]);
  for (const [name, member] of Object.entries(value)) {
    requireText(name, path);
    if (LEFT_OUT.has(name)) throw new InvalidInput([{ path: `${path}/${name}`, message: "must have another name" }]);
    requireStorable(member, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, depth + 1);
  }
}

function requireText(text: string, path: string): void {
  if (isStorable(text)) return;
  throw new InvalidInput([{ path: storable(path), message: "must hold neither NUL characters nor half characters" }]);
}

/** Whether a text column takes it. */
export const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/** The text without what no column takes. */
export const storable = (text: string): string => text.replaceAll("\0", "").toWellFormed();
