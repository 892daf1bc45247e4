import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const planRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "plans/$plan",
  component: lazyRouteComponent(() => import("./plan-page.tsx"), "PlanPage"),
});
