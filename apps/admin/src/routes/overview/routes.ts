import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";
import { ENVIRONMENTS, SORTS, STATES } from "./filter.ts";

export const overviewRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/",
  validateSearch: (search) =>
    params({
      tenant: textParam(search, "tenant"),
      search: textParam(search, "search", 100),
      state: choiceParam(search, "state", STATES),
      environment: choiceParam(search, "environment", ENVIRONMENTS),
      playbook: textParam(search, "playbook"),
      version: textParam(search, "version", 60),
      sort: choiceParam(search, "sort", SORTS),
    }),
  component: lazyRouteComponent(() => import("./overview-page.tsx"), "OverviewPage"),
});
