import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { ApiProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";
import { Combobox } from "./combobox.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { ErrorState } from "./states.tsx";
import { Table } from "./table.tsx";
import { Tabs } from "./tabs.tsx";

test("a field ties label, hint, unit and error to its control", () => {
  render(
    <Field label="Ring" hint="Before the agent answers." unit="seconds" error="must be at most 60" isRequired>
      <Input type="number" />
    </Field>,
  );
  const control = screen.getByLabelText<HTMLInputElement>("Ring");
  const described = control.getAttribute("aria-describedby")?.split(" ") ?? [];
  const texts = described.map((id) => document.querySelector(`[id="${id}"]`)?.textContent).join(" ");
  expect(texts).toMatch(/Before the agent answers.*seconds.*must be at most 60/);
  expect(control.getAttribute("aria-invalid")).toBe("true");
  expect(control.required).toBe(true);
});

test("a button that cannot be used stays reachable, says why and does nothing", () => {
  const click = vi.fn<() => void>();
  render(
    <Button onClick={click} disabledBecause="Your roles do not allow this">
      Roll back
    </Button>,
  );
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Roll back" });
  fireEvent.click(button);
  expect(click).not.toHaveBeenCalled();
  expect(button.disabled).toBe(false);
  const reason = document.querySelector(`[id="${button.getAttribute("aria-describedby")}"]`);
  expect(reason?.textContent).toBe("Your roles do not allow this");
});

test("a busy button takes no second click", () => {
  const click = vi.fn<() => void>();
  render(
    <Button onClick={click} isBusy>
      Save
    </Button>,
  );
  fireEvent.click(screen.getByRole("button"));
  expect(click).not.toHaveBeenCalled();
});

test("a confirmation names its object, has its focus on the way out, and hands the reason on", async () => {
  const confirm = vi.fn<(reason: string | null) => void>();
  render(
    <ConfirmDialog
      isOpen
      onClose={() => undefined}
      title="Roll back front-desk?"
      consequences="Calls in progress stay where they are."
      action="Roll back"
      isDanger
      reason="required"
      onConfirm={confirm}
    />,
  );
  expect(screen.getByRole("alertdialog", { name: "Roll back front-desk?" })).toBeTruthy();
  expect(document.activeElement?.textContent).toBe("Keep it as it is");
  fireEvent.click(screen.getByRole("button", { name: "Roll back" }));
  expect(confirm).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole("textbox"), " too many transfers ");
  fireEvent.click(screen.getByRole("button", { name: "Roll back" }));
  expect(confirm).toHaveBeenCalledWith("too many transfers");
});

function Fruit({ onPick }: { readonly onPick: (value: string) => void }) {
  const [text, setText] = useState("");
  const options = ["apple", "pear", "plum"]
    .filter((each) => each.includes(text))
    .map((value) => ({ value, label: value }));
  return (
    <Combobox label="Fruit" options={options} text={text} onText={setText} onPick={({ value }) => onPick(value)} />
  );
}

test("a combobox is worked by keyboard", async () => {
  const pick = vi.fn<(value: string) => void>();
  render(<Fruit onPick={pick} />);
  const box = screen.getByRole("combobox", { name: "Fruit" });
  await userEvent.type(box, "p{ArrowDown}{ArrowDown}");
  const chosen = screen.getAllByRole("option").find((each) => each.getAttribute("aria-selected") === "true");
  expect(chosen?.textContent).toBe("plum");
  expect(box.getAttribute("aria-activedescendant")).toBe(chosen?.id);
  await userEvent.keyboard("{Enter}");
  expect(pick).toHaveBeenCalledWith("plum");
});

test("tabs move by arrows and show the chosen one only", async () => {
  const choose = vi.fn<(name: string) => void>();
  const tabs = (["one", "two"] as const).map((name) => ({ name, label: name, content: `content ${name}` }));
  render(<Tabs label="Views" tabs={tabs} chosen="one" onChoose={choose} />);
  expect(screen.getByRole("tabpanel").textContent).toBe("content one");
  screen.getByRole("tab", { name: "one" }).focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(choose).toHaveBeenCalledWith("two");
});

test("a long table renders what is near the screen and says how long it is", () => {
  const rows = Array.from({ length: 1000 }, (_, index) => ({ name: `row ${index}` }));
  const columns = [{ name: "name", header: "Name", cell: (row: { name: string }) => row.name }];
  render(<Table label="Rows" columns={columns} rows={rows} keyOf={(row) => row.name} />);
  expect(screen.getByRole("table", { name: "Rows" }).getAttribute("aria-rowcount")).toBe("1000");
  expect(screen.getAllByRole("row").length).toBeLessThan(120);
  expect(screen.getByText("row 0")).toBeTruthy();
});

test("a failure tells its code, what to do, and can be tried again", () => {
  const retry = vi.fn<() => void>();
  const error = new ApiProblem({
    status: 503,
    code: "internal",
    title: "Something went wrong",
    detail: "The database is away.",
    fix: "Try again in a minute.",
    traceId: "req-1",
    fields: [],
    details: {},
  });
  render(<ErrorState error={error} onRetry={retry} />);
  expect(screen.getByRole("alert").textContent).toMatch(/The database is away.*Try again in a minute.*internal.*req-1/);
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});
