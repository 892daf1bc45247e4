import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const configureRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/configure",
  component: lazyRouteComponent(() => import("./configure-page.tsx"), "ConfigurePage"),
});
