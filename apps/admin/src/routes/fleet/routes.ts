import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";
import { choiceParam, params } from "../search-params.ts";
import { MEMBER_STATES } from "./words.ts";

export const fleetsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "fleet",
  component: lazyRouteComponent(() => import("./fleets-page.tsx"), "FleetsPage"),
});

export const fleetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "fleet/$fleet",
  validateSearch: (search) => params({ state: choiceParam(search, "state", MEMBER_STATES) }),
  component: lazyRouteComponent(() => import("./fleet-page.tsx"), "FleetPage"),
});
