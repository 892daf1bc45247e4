import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "../root.tsx";

export const playbooksRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "playbooks",
  component: lazyRouteComponent(() => import("./playbooks-page.tsx"), "PlaybooksPage"),
});

export const playbookRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "playbooks/$name",
  component: lazyRouteComponent(() => import("./playbook-page.tsx"), "PlaybookPage"),
});
