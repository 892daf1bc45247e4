import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";
import { FORMULAS, SCOPES, SPANS } from "./kpi-choices.ts";

export const kpisRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "d/$deployment/kpis",
  validateSearch: (search: Record<string, unknown>) =>
    params({
      scope: choiceParam(search, "scope", SCOPES),
      span: choiceParam(search, "span", SPANS),
      kpi: choiceParam(search, "kpi", FORMULAS),
      release: textParam(search, "release", 80),
    }),
  component: lazyRouteComponent(() => import("./kpis-page.tsx"), "KpisPage"),
});
