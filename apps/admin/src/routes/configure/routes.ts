import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";

export const VIEWS = ["form", "yaml"] as const;
export const LAYERS = ["deployment", "tenant"] as const;

export const configureRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/configure",
  validateSearch: (search: Record<string, unknown>) =>
    params({
      view: choiceParam(search, "view", VIEWS),
      layer: choiceParam(search, "layer", LAYERS),
      plan: textParam(search, "plan", 64),
    }),
  component: lazyRouteComponent(() => import("./configure-page.tsx"), "ConfigurePage"),
});

export const newDeploymentRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "new-deployment",
  validateSearch: (search: Record<string, unknown>) => params({ playbook: textParam(search, "playbook", 63) }),
  component: lazyRouteComponent(() => import("./new-deployment-page.tsx"), "NewDeploymentPage"),
});
