import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { openPage } from "../../testing/page.setup.tsx";
import { SESSION } from "../../testing/stubbed-api.setup.tsx";

const none = { items: [], next: null };
const platform = (permissions: string[]) =>
  ({ ...SESSION, platform: { roles: ["platform-admin"], permissions } }) as typeof SESSION;

test("the platform makes a webhook of its own for its fleet rollouts: no tenant is named, and no links are offered", async () => {
  const asked = openPage(
    "/fleet",
    {
      "GET /v1/fleet-rollouts": none,
      "GET /v1/webhooks": none,
      "POST /v1/webhooks": () => Response.json({ kind: "slack", host: "hooks.slack.com" }, { status: 201 }),
    },
    platform(["platform", "webhooks"]),
  );
  await userEvent.click(await screen.findByRole("button", { name: "Make a webhook" }));
  const dialog = within(screen.getByRole("dialog", { name: "Make a webhook" }));
  expect(dialog.queryByLabelText("Links act as")).toBeNull();
  await userEvent.selectOptions(dialog.getByLabelText("Format"), "slack");
  await userEvent.type(dialog.getByLabelText("Address"), "https://hooks.slack.com/services/1");
  await userEvent.click(dialog.getByLabelText("Everything"));
  expect(dialog.queryByLabelText("Incidents")).toBeNull();
  await userEvent.click(dialog.getByLabelText("Fleet rollouts"));
  await userEvent.click(dialog.getByRole("button", { name: "Make the webhook" }));
  expect(await screen.findByText(/Messages go to hooks.slack.com/)).toBeTruthy();
  const made = asked.find(({ method, address }) => method === "POST" && address === "/v1/webhooks");
  expect(made?.body).toMatchObject({ kind: "slack", events: ["fleet-rollout.*"], linksFor: null });
  expect(made?.headers).not.toHaveProperty("tandem-tenant");
});

test("whoever may not see the platform's webhooks is shown none", async () => {
  const asked = openPage("/fleet", { "GET /v1/fleet-rollouts": none }, platform(["platform"]));
  expect(await screen.findByText("Start a fleet rollout")).toBeTruthy();
  expect(screen.queryByText("Webhooks")).toBeNull();
  expect(asked.some(({ address }) => address === "/v1/webhooks")).toBe(false);
});
