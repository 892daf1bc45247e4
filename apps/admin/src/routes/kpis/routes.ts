import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const kpisRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/kpis",
  component: lazyRouteComponent(() => import("./kpis-page.tsx"), "KpisPage"),
});
