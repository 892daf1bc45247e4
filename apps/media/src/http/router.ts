import type { Exchange, Reply } from "./exchange.ts";

/** One address of this service; `:name` segments become parameters. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly pattern: string;
  readonly handle: (exchange: Exchange) => Promise<Reply> | Reply;
}

/** Where something is reached. */
export interface RouteAddress {
  readonly method: string;
  readonly pattern: string;
}

/** Finds the route of a request. */
export interface Router<Kind extends RouteAddress = Route> {
  find(method: string, path: string): RouteMatch<Kind> | "method-not-allowed" | null;
}

export interface RouteMatch<Kind extends RouteAddress = Route> {
  readonly route: Kind;
  readonly parameters: Readonly<Record<string, string>>;
}

interface CompiledRoute<Kind extends RouteAddress> {
  readonly route: Kind;
  readonly segments: readonly string[];
}

/** A parameter is one path segment of unreserved characters; what is escaped or odd matches nothing. */
const PARAMETER = /^[A-Za-z0-9_.~-]{1,128}$/;

export function makeRouter<Kind extends RouteAddress>(routes: readonly Kind[]): Router<Kind> {
  const bySize = new Map<number, CompiledRoute<Kind>[]>();
  for (const route of routes) {
    const segments = route.pattern.split("/");
    const sameSize = bySize.get(segments.length) ?? [];
    bySize.set(segments.length, [...sameSize, { route, segments }]);
  }
  return { find: (method, path) => findRoute(bySize, method, path) };
}

function findRoute<Kind extends RouteAddress>(
  bySize: ReadonlyMap<number, readonly CompiledRoute<Kind>[]>,
  method: string,
  path: string,
): RouteMatch<Kind> | "method-not-allowed" | null {
  const segments = path.split("/", 8);
  let isKnownPath = false;
  for (const { route, segments: pattern } of bySize.get(segments.length) ?? []) {
    const parameters = matchSegments(pattern, segments);
    if (parameters === null) continue;
    if (route.method === method) return { route, parameters };
    isKnownPath = true;
  }
  return isKnownPath ? "method-not-allowed" : null;
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const given = segments[index] ?? "";
    if (!expected.startsWith(":")) {
      if (given !== expected) return null;
    } else if (PARAMETER.test(given)) parameters[expected.slice(1)] = given;
    else return null;
  }
  return parameters;
}
