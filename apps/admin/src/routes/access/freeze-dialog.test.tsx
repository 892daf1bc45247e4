import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import { ZoneProvider } from "../../ui/time.tsx";
import { FreezeDialog } from "./freeze-dialog.tsx";

test("a freeze window begins and ends by the tenant's clocks", async () => {
  const asked = stubApi({ "GET /v1/deployments": { items: [], next: null }, "POST /v1/freezes": {} });
  const close = vi.fn<() => void>();
  renderAs(
    ["gates"],
    <ZoneProvider value="America/New_York">
      <FreezeDialog tenant="acme" onClose={close} />
    </ZoneProvider>,
  );
  fireEvent.change(screen.getByLabelText("Reason"), { target: { value: "Fair week" } });
  fireEvent.change(screen.getByLabelText(/^From/), { target: { value: "2026-12-24T18:00" } });
  fireEvent.change(screen.getByLabelText("Until"), { target: { value: "2026-12-27T06:30" } });
  expect(screen.getByText("Both in the time of America/New_York.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Freeze", hidden: true }));
  await waitFor(() => expect(close).toHaveBeenCalled());
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    reason: "Fair week",
    playbook: null,
    environment: null,
    startsAt: "2026-12-24T23:00:00.000Z",
    endsAt: "2026-12-27T11:30:00.000Z",
  });
});
