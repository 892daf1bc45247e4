import { expect, test } from "vitest";
import { invitationTable, memberTable } from "./member.ts";

const person = { id: "p", email: "ada@example.org", name: "Ada", createdAt: "2026-11-01T08:00:00.000Z" };

test("members stand with what they may do, where it comes from and until when", () => {
  const shown = memberTable([
    {
      person: { ...person, disabledAt: null },
      roles: ["viewer"],
      source: "break-glass",
      createdAt: "2026-11-28T10:00:00.000Z",
      expiresAt: "2026-11-28T11:00:00.000Z",
    },
    {
      person: { ...person, email: "bob@example.org", name: "Bob", disabledAt: "2026-11-20T08:00:00.000Z" },
      roles: ["author", "approver"],
      source: "member",
      createdAt: "2026-11-01T08:00:00.000Z",
      expiresAt: null,
    },
  ]);
  expect(shown).toMatch(/ada@example\.org +Ada +viewer +break-glass +2026-11-28 10:00:00Z +2026-11-28 11:00:00Z +p/);
  expect(shown).toMatch(/bob@example\.org +Bob \(disabled\) +author, approver +member +2026-11-01 08:00:00Z +– +p/);
  expect(memberTable([])).toBe("(none)");
});

test("an invitation is listed by its address, or without one", () => {
  const invitation = {
    id: "i",
    email: null,
    roles: ["viewer" as const],
    createdBy: "person:p",
    createdAt: "2026-11-28T10:00:00.000Z",
    expiresAt: "2026-12-05T10:00:00.000Z",
  };
  expect(invitationTable([invitation])).toMatch(/i +– +viewer +person:p +2026-12-05 10:00:00Z/);
});
