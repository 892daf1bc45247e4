import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render } from "@testing-library/react";
import { makeQueryClient } from "../api/query.ts";
import { routeTree } from "../routes/tree.ts";
import type { BrowserSession } from "../shell/session.ts";
import { type Answers, type Asked, SESSION, stubApi } from "./stubbed-api.setup.tsx";

/** Pages are loaded when they are opened, which takes its time on a machine that is busy. */
configure({ asyncUtilTimeout: 20_000 });

/** Opens the page of an address as whoever has the session sees it. The answered list grows with every request. */
export function openPage(address: string, answers: Answers, session: BrowserSession = SESSION): readonly Asked[] {
  const asked = stubApi({ "GET /v1/session": session, ...answers });
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { retry: false, staleTime: Infinity } });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree, context: { client }, history });
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return asked;
}
