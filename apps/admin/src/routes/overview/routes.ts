import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";
import { params, textParam } from "../search-params.ts";

export const overviewRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/",
  validateSearch: (search) => params({ tenant: textParam(search, "tenant"), search: textParam(search, "search") }),
  component: lazyRouteComponent(() => import("./overview-page.tsx"), "OverviewPage"),
});
