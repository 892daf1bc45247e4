import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";
import { KINDS, SLOTS, STATES, VIEWS, WINDOWS } from "./call-filter.ts";

export const callsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/calls",
  validateSearch: (search: Record<string, unknown>) =>
    params({
      view: choiceParam(search, "view", VIEWS),
      call: textParam(search, "call", 100),
      release: textParam(search, "release", 80),
      slot: choiceParam(search, "slot", SLOTS),
      region: textParam(search, "region", 60),
      outcome: textParam(search, "outcome", 40),
      kind: choiceParam(search, "kind", KINDS),
      state: choiceParam(search, "state", STATES),
      window: choiceParam(search, "window", WINDOWS),
      from: textParam(search, "from", 40),
      to: textParam(search, "to", 40),
      test: textParam(search, "test", 40),
    }),
  component: lazyRouteComponent(() => import("./calls-page.tsx"), "CallsPage"),
});

export const callRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "calls/$session",
  component: lazyRouteComponent(() => import("./call-page.tsx"), "CallPage"),
});
