import "./app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./api/query.ts";
import { routeTree } from "./routes/tree.ts";
import { NotFound, RouteError, RoutePending } from "./shell/route-states.tsx";

const client = makeQueryClient();
const router = createRouter({
  routeTree,
  context: { client },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0, // TanStack Query knows what is fresh
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: RoutePending,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

const place = document.querySelector("#root");
if (place === null) throw new Error("the page has no place for the application");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
