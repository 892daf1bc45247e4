import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params } from "../search-params.ts";
import { filterIn } from "./audit-filter.ts";

export const auditRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "audit",
  validateSearch: (search) => ({ ...filterIn(search), ...params({ tab: choiceParam(search, "tab", ["chain"]) }) }),
  component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage"),
});
