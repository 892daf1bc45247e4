import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const deploymentRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment",
  component: lazyRouteComponent(() => import("./deployment-page.tsx"), "DeploymentPage"),
});
