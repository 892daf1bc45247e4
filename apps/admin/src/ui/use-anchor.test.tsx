import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Section } from "./section.tsx";
import { useAnchor } from "./use-anchor.ts";

function Drift() {
  const anchor = useAnchor("drift");
  return (
    <Section title="Drift" anchor={anchor}>
      Nothing drifted.
    </Section>
  );
}

async function shown(address: string): Promise<HTMLElement> {
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree: createRootRoute({ component: Drift }), history });
  render(<RouterProvider router={router as never} />);
  return screen.findByRole("heading", { name: "Drift" });
}

test("an address that names a section leads to it: it is in view and its heading has the focus", async () => {
  const scroll = vi.spyOn(Element.prototype, "scrollIntoView");
  const heading = await shown("/#drift");
  expect(document.activeElement).toBe(heading);
  expect(scroll.mock.contexts).toContain(document.querySelector("section#drift"));
});

test("other addresses leave the focus alone", async () => {
  const heading = await shown("/#slots");
  expect(document.activeElement).not.toBe(heading);
});
