import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Due } from "./due.tsx";

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000 + 1000).toISOString();
const said = (phase: Parameters<typeof Due>[0]["phase"], dueAt: string | null): string =>
  render(<Due phase={phase} dueAt={dueAt} />).container.textContent;

test("a hold that only a person ends has no time, others say when they look again", () => {
  expect(said("held", null)).toBe("Waits until somebody decides");
  expect(said("held", inMinutes(2))).toMatch(/^Looks again in 2 min/);
});

test("a gate says when it aborts, and what goes on at once says nothing", () => {
  expect(said("awaiting-approval", inMinutes(125))).toMatch(/^Aborts by itself in 2 hr/);
  expect(said("applying", null)).toBe("");
});
