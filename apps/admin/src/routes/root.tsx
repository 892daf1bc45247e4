import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { Frame } from "../shell/frame.tsx";
import { useFocusOnNavigation } from "../shell/focus-on-navigation.ts";
import { sessionQuery } from "../shell/session.ts";
import { TenantPages } from "../shell/tenant-zone.tsx";

function Root() {
  useFocusOnNavigation();
  return <Outlet />;
}

export const rootRoute = createRootRouteWithContext<{ readonly client: QueryClient }>()({ component: Root });

/** Every page of a signed-in person; others are led to the sign-in page and back. */
export const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "frame",
  beforeLoad: async ({ context, location }) => {
    const { person } = await context.client.ensureQueryData(sessionQuery);
    if (person === null) throw redirect({ to: "/sign-in", search: { return: location.href } });
  },
  component: Frame,
});

/** Every page of one tenant. */
export const tenantRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "t/$tenant",
  component: TenantPages,
});
