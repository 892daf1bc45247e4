import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params } from "../search-params.ts";

/** The parts of the page, as its address names them; members when left out. */
export const ACCESS_TABS = ["keys", "sessions", "gates", "webhooks"] as const;

export const accessRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "access",
  validateSearch: (search) => params({ tab: choiceParam(search, "tab", ACCESS_TABS) }),
  component: lazyRouteComponent(() => import("./access-page.tsx"), "AccessPage"),
});
