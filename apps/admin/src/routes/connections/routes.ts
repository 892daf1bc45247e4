import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const connectionsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "connections",
  component: lazyRouteComponent(() => import("./connections-page.tsx"), "ConnectionsPage"),
});
