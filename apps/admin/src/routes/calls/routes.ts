import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const callsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/calls",
  component: lazyRouteComponent(() => import("./calls-page.tsx"), "CallsPage"),
});

export const callRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "calls/$session",
  component: lazyRouteComponent(() => import("./call-page.tsx"), "CallPage"),
});
