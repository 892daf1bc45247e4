import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";
import { choiceParam, params, textParam } from "../search-params.ts";

export const playbooksRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "playbooks",
  validateSearch: (search) => params({ tenant: textParam(search, "tenant"), search: textParam(search, "search") }),
  component: lazyRouteComponent(() => import("./playbooks-page.tsx"), "PlaybooksPage"),
});

export const playbookRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "playbooks/$name",
  validateSearch: (search) =>
    params({
      tenant: textParam(search, "tenant"),
      tab: choiceParam(search, "tab", ["compare", "parameters"] as const),
      from: textParam(search, "from"),
      to: textParam(search, "to"),
      version: textParam(search, "version"),
      view: choiceParam(search, "view", ["side-by-side"] as const),
    }),
  component: lazyRouteComponent(() => import("./playbook-page.tsx"), "PlaybookPage"),
});
