import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params } from "../search-params.ts";

export const planRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "plans/$plan",
  validateSearch: (search) => params({ view: choiceParam(search, "view", ["side-by-side"] as const) }),
  component: lazyRouteComponent(() => import("./plan-page.tsx"), "PlanPage"),
});
