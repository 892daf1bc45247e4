import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../root.tsx";
import { params, textParam } from "../search-params.ts";

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "sign-in",
  validateSearch: (search) => params({ return: textParam(search, "return", 2000) }),
  component: lazyRouteComponent(() => import("./sign-in-page.tsx"), "SignInPage"),
});

/** Where the provider leads back to in the tab that the sign-in dialog opened. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "signed-in",
  component: lazyRouteComponent(() => import("./signed-in-page.tsx"), "SignedInPage"),
});

export const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "welcome",
  component: lazyRouteComponent(() => import("./welcome-page.tsx"), "WelcomePage"),
});
