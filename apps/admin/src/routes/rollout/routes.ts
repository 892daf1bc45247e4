import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params } from "../search-params.ts";
import { STAGE_NAMES } from "./stages.ts";

export const rolloutRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "rollouts/$rollout",
  validateSearch: (search) => params({ stage: choiceParam(search, "stage", STAGE_NAMES) }),
  component: lazyRouteComponent(() => import("./rollout-page.tsx"), "RolloutPage"),
});
