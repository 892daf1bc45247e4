import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";

export const STATES = ["attention", "unused"] as const;

export const connectionsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "connections",
  validateSearch: (search: Record<string, unknown>) =>
    params({ find: textParam(search, "find"), show: choiceParam(search, "show", STATES) }),
  component: lazyRouteComponent(() => import("./connections-page.tsx"), "ConnectionsPage"),
});

export const newConnectionRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "connections/new",
  validateSearch: (search: Record<string, unknown>) =>
    params({
      vendor: textParam(search, "vendor", 63),
      role: textParam(search, "role", 63),
      deployment: textParam(search, "deployment", 63),
    }),
  component: lazyRouteComponent(() => import("./new-connection-page.tsx"), "NewConnectionPage"),
});

export const connectionRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "connections/$connection",
  component: lazyRouteComponent(() => import("./connection-page.tsx"), "ConnectionPage"),
});
