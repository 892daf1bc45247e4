import type { Paths } from "./generated/schema.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";
/** The addresses that have this method. */
export type PathWith<M extends Method> = {
  [P in keyof Paths]: M extends keyof Paths[P] ? P : never;
}[keyof Paths];

interface Operation {
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly answer: unknown;
}
type OperationOf<M extends Method, P extends PathWith<M>> = M extends keyof Paths[P]
  ? Paths[P][M] extends Operation
    ? Paths[P][M]
    : never
  : never;

/** What a successful request answers. */
export type AnswerOf<M extends Method, P extends PathWith<M>> = OperationOf<M, P>["answer"];
/** What a request sends. */
export type BodyOf<M extends Method, P extends PathWith<M>> = OperationOf<M, P>["body"];
export type QueryOf<M extends Method, P extends PathWith<M>> = OperationOf<M, P>["query"];

/** `{ [name]: type }`, optional when everything in it is, absent when there is nothing. */
type Part<Name extends string, T> = [T] extends [never]
  ? { readonly [N in Name]?: never }
  : undefined extends T
    ? { readonly [N in Name]?: T }
    : object extends T
      ? { readonly [N in Name]?: T }
      : { readonly [N in Name]: T };

/** What a request to this address needs. */
export type InputOf<M extends Method, P extends PathWith<M>> = Part<"path", OperationOf<M, P>["path"]> &
  Part<"query", OperationOf<M, P>["query"]> &
  Part<"body", OperationOf<M, P>["body"]>;

type Values = Readonly<Record<string, unknown>>;

/** `/v1/plans/{id}` with `{ id }` → `/v1/plans/7f…`; undefined query members are left out, lists are repeated. */
export function addressOf(template: string, path: Values = {}, query: Values = {}): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) search.append(name, String(each));
    }
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}
