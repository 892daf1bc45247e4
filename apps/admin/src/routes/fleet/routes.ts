import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";
import { MEMBER_STATES } from "./words.ts";

export const fleetsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "fleet",
  component: lazyRouteComponent(() => import("./fleets-page.tsx"), "FleetsPage"),
});

export const startFleetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "fleet/start",
  validateSearch: (search) =>
    params({ playbook: textParam(search, "playbook"), version: textParam(search, "version", 60) }),
  component: lazyRouteComponent(() => import("./start/start-fleet-page.tsx"), "StartFleetPage"),
});

export const fleetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "fleet/$fleet",
  validateSearch: (search) => params({ state: choiceParam(search, "state", MEMBER_STATES) }),
  component: lazyRouteComponent(() => import("./fleet-page.tsx"), "FleetPage"),
});
