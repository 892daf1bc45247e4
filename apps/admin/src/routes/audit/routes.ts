import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";

export const auditRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "audit",
  component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage"),
});
