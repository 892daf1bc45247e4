import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type Answers, refusal, renderAs, stubApi } from "../../../testing/stubbed-api.setup.tsx";
import type { Webhook } from "./webhook-draft.ts";
import { Webhooks } from "./webhooks.tsx";

const standard: Webhook = {
  id: "w1",
  kind: "standard",
  url: "https://hooks.acme.example/tandem",
  host: "hooks.acme.example",
  description: "",
  events: ["rollout.*"],
  linksFor: null,
  state: "active",
  failingSince: null,
  createdAt: "2026-11-01T08:00:00.000Z",
  createdBy: "person:anna",
};
const chat: Webhook = { ...standard, id: "w2", kind: "slack", url: null, host: "hooks.slack.com", events: ["*"] };

function show(answers: Answers = {}, items: readonly Webhook[] = [standard, chat]) {
  const asked = stubApi({ "GET /v1/webhooks": { items, next: null }, ...answers });
  renderAs(["webhooks"], <Webhooks tenant="acme" />);
  return { writes: () => asked.filter(({ method }) => method !== "GET"), asked };
}

/** The environment has no popovers: that the menu is open is told as a browser would. */
async function pick(host: string, action: string): Promise<void> {
  const button = await screen.findByRole("button", { name: `Actions for ${host}` });
  const menu = document.getElementById(button.getAttribute("popovertarget") ?? "");
  fireEvent(menu!, Object.assign(new Event("toggle"), { newState: "open" }));
  await userEvent.click(within(menu!).getByRole("menuitem", { name: action, hidden: true }));
}

const dialog = () => within(screen.getByRole("dialog"));

test("a webhook is made with its events, and its secret is shown once", async () => {
  const { writes } = show({
    "POST /v1/webhooks": () => Response.json({ ...standard, signingSecret: "whsec_c2VjcmV0" }, { status: 201 }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make a webhook" }));
  await userEvent.type(dialog().getByLabelText("Address"), "https://hooks.acme.example/tandem");
  await userEvent.click(dialog().getByLabelText("Everything"));
  await userEvent.click(dialog().getByRole("button", { name: "Make the webhook" }));
  expect(writes()).toEqual([]);
  await userEvent.click(dialog().getByLabelText("A rollout ended"));
  await userEvent.click(dialog().getByLabelText("Incidents"));
  await userEvent.click(dialog().getByRole("button", { name: "Make the webhook" }));
  expect((await screen.findByLabelText("the signing secret")).textContent).toBe("whsec_c2VjcmV0");
  expect(writes()[0]?.body).toEqual({
    kind: "standard",
    url: "https://hooks.acme.example/tandem",
    description: "",
    events: ["rollout.ended", "incident.*"],
    linksFor: null,
  });
  await userEvent.click(screen.getByRole("button", { name: "I have kept it" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a chat has no secret to keep; why its address is refused stands at the address", async () => {
  let isRefused = true;
  const { writes } = show({
    "POST /v1/webhooks": () =>
      isRefused
        ? refusal(422, "webhook_refused", { detail: "Only https is sent to.", details: { reason: "not-https" } })
        : Response.json({ ...chat, signingSecret: null }, { status: 201 }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make a webhook" }));
  await userEvent.selectOptions(dialog().getByLabelText("Format"), "slack");
  const address = dialog().getByLabelText("Address");
  await userEvent.type(address, "http://hooks.slack.com/x");
  await userEvent.click(dialog().getByRole("button", { name: "Make the webhook" }));
  await dialog().findByRole("alert");
  expect(address.getAttribute("aria-invalid")).toBe("true");
  isRefused = false;
  await userEvent.click(dialog().getByRole("button", { name: "Make the webhook" }));
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  expect(writes().at(-1)?.body).toMatchObject({ kind: "slack", events: ["*"] });
});

test("only what differs is changed", async () => {
  const { writes } = show({ "PATCH /v1/webhooks/w1": standard });
  await pick(standard.host, "Change");
  await userEvent.click(dialog().getByLabelText("Drift"));
  await userEvent.type(dialog().getByLabelText(/^Links act as/), "slack:U1");
  await userEvent.click(dialog().getByRole("button", { name: "Change the webhook" }));
  await expect.poll(() => writes().length).toBe(1);
  expect(writes()[0]).toMatchObject({ body: { events: ["rollout.*", "drift.*"], linksFor: "slack:U1" } });
});

test("a secret is rotated with an overlap; a chat gets another address", async () => {
  const { writes } = show({
    "POST /v1/webhooks/w1/secret": { ...standard, signingSecret: "whsec_bmV3" },
    "POST /v1/webhooks/w2/secret": { ...chat, signingSecret: null },
  });
  await pick(standard.host, "New secret");
  await userEvent.selectOptions(dialog().getByLabelText("The secret before signs too"), "1");
  await userEvent.click(dialog().getByRole("button", { name: "Make a new secret" }));
  expect((await screen.findByLabelText("the signing secret")).textContent).toBe("whsec_bmV3");
  await userEvent.click(screen.getByRole("button", { name: "I have kept it" }));
  await pick(chat.host, "New address");
  await userEvent.type(dialog().getByLabelText("Address"), "https://hooks.slack.com/y");
  await userEvent.click(dialog().getByRole("button", { name: "Use the new address" }));
  await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  expect(writes().map(({ body }) => body)).toEqual([{ overlapHours: 1 }, { url: "https://hooks.slack.com/y" }]);
});

test("a webhook is removed after a question that names its host", async () => {
  const { writes } = show({ "DELETE /v1/webhooks/w1": () => new Response(null, { status: 204 }) });
  await pick(standard.host, "Remove");
  const question = within(screen.getByRole("alertdialog", { name: "Remove the webhook to hooks.acme.example?" }));
  await userEvent.click(question.getByRole("button", { name: "Remove" }));
  await expect.poll(() => screen.queryByRole("alertdialog")).toBeNull();
  expect(writes()[0]).toMatchObject({ method: "DELETE", address: "/v1/webhooks/w1" });
});

test("what was sent is listed with its attempts, and sent again", async () => {
  const failed = {
    endpointId: "w1",
    messageId: "m1",
    type: "rollout.ended",
    state: "failed",
    attempts: 12,
    dueAt: null,
    outcomes: [{ at: "2026-11-01T08:00:00.000Z", status: 500, error: "no 2xx", tookMs: 31 }],
    createdAt: "2026-11-01T08:00:00.000Z",
    finishedAt: "2026-11-06T08:00:00.000Z",
  };
  const { writes, asked } = show({
    "GET /v1/webhooks/w1/deliveries": { items: [failed], next: null },
    "POST /v1/webhooks/w1/deliveries/m1/resend": () => Response.json(failed, { status: 202 }),
  });
  await pick(standard.host, "Messages and attempts");
  const list = within(await screen.findByRole("list", { name: `Messages to ${standard.host}` }));
  expect(list.getByRole("group").textContent).toMatch(/1 attempt: answered 500, no 2xx.*31 ms/);
  await userEvent.click(list.getByRole("button", { name: "Send again: rollout.ended" }));
  expect(writes()[0]?.address).toBe("/v1/webhooks/w1/deliveries/m1/resend");
  await userEvent.selectOptions(dialog().getByLabelText("Show"), "failed");
  await expect.poll(() => asked.some(({ address }) => address.includes("state=failed"))).toBe(true);
});
