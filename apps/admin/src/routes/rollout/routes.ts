import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const rolloutRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "rollouts/$rollout",
  component: lazyRouteComponent(() => import("./rollout-page.tsx"), "RolloutPage"),
});
