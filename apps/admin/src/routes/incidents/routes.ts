import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute, tenantRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";
import { STACKS } from "./words.ts";

/** The incidents of the tenant that one was at last. */
export const latestIncidentsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "incidents",
  component: lazyRouteComponent(() => import("./latest-incidents.tsx"), "LatestIncidents"),
});

export const incidentsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "incidents",
  validateSearch: (search) => params({ deployment: textParam(search, "deployment") }),
  component: lazyRouteComponent(() => import("./incidents-page.tsx"), "IncidentsPage"),
});

/** `stack`: the one that is open to be worked on; the one under diagnosis when left out. */
export const incidentRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "incidents/$incident",
  validateSearch: (search) => params({ stack: choiceParam(search, "stack", STACKS) }),
  component: lazyRouteComponent(() => import("./incident-page.tsx"), "IncidentPage"),
});
