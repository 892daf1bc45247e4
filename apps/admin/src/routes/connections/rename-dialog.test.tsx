import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { type Answers, refusal, renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import { RenameDialog } from "./rename-dialog.tsx";

function show(answers: Answers) {
  const asked = stubApi(answers);
  const onClose = vi.fn<() => void>();
  renderAs(["manage"], <RenameDialog tenant="acme" connection={{ id: "k1", name: "crm" }} onClose={onClose} />);
  return { asked, onClose, dialog: within(screen.getByRole("dialog", { name: "Rename crm" })) };
}

test("a connection gets another name", async () => {
  const { asked, onClose, dialog } = show({ "PATCH /v1/connections/k1": { id: "k1", name: "front-crm" } });
  await userEvent.click(dialog.getByRole("button", { name: "Rename" }));
  expect(asked).toEqual([]);
  await userEvent.clear(dialog.getByLabelText("Name"));
  await userEvent.type(dialog.getByLabelText("Name"), " front-crm ");
  await userEvent.click(dialog.getByRole("button", { name: "Rename" }));
  await expect.poll(() => onClose.mock.calls.length).toBe(1);
  expect(asked[0]?.body).toEqual({ name: "front-crm" });
});

test("a name that is taken is told at the field", async () => {
  const taken = () => refusal(409, "already_exists", { detail: "There is a connection mail already." });
  const { onClose, dialog } = show({ "PATCH /v1/connections/k1": taken });
  const name = dialog.getByLabelText("Name");
  await userEvent.clear(name);
  await userEvent.type(name, "mail");
  await userEvent.click(dialog.getByRole("button", { name: "Rename" }));
  await dialog.findByRole("alert");
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(onClose).not.toHaveBeenCalled();
});
