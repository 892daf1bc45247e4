import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const accessRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "access",
  component: lazyRouteComponent(() => import("./access-page.tsx"), "AccessPage"),
});
