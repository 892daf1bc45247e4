import type { RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import type { ApiDocument } from "./document.ts";

/**
 * Served beside the API's operations: the document itself and its page, the pages behind links of one use, the way to the identity
 * provider, and the admin UI at every address that is nobody else's.
 */
const PAGES = /^(get|post|head) (\*|\/(docs(\/.*)?|openapi\.json|links\/\{token\}|auth\/(login|callback)))$/;

/** Routes that are served and not documented, or documented and not served. */
export function routeDifferences(api: RunningApi, document: ApiDocument): string[] {
  const served = servedRoutes(api.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
  const documented = new Set(document.operations.map(({ name }) => name));
  const hidden = [...served].filter((name) => !documented.has(name) && !PAGES.test(name));
  const missing = [...documented].filter((name) => !served.has(name));
  return [
    ...hidden.map((name) => `${name} is served and not documented`),
    ...missing.map((name) => `${name} is documented and not served`),
  ];
}

/** `<method> <path>` of every route in Fastify's drawing of its tree. HEAD goes with GET. */
function servedRoutes(tree: string): Set<string> {
  const routes = new Set<string>();
  const above: string[] = [];
  for (const line of tree.split("\n")) {
    const [, indent = "", part = "", methods = ""] = /^((?:│ {3}| {4})*)[├└]── (.*) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (part === "") continue;
    const depth = indent.length / 4;
    above.splice(depth, above.length, part);
    const path = above.join("").replaceAll(/:(\w+)/g, "{$1}");
    for (const method of methods.split(", ")) if (method !== "HEAD") routes.add(`${method.toLowerCase()} ${path}`);
  }
  return routes;
}
