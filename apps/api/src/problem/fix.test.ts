import { AppError } from "@tandem/kernel";
import { expect, test } from "vitest";
import { fixOf } from "./fix.ts";

const refused = (allowed: readonly string[]): AppError =>
  new AppError("forbidden", "This needs another role", { details: { allowed: [...allowed] } });

test.each([
  [["tenant-admin"], "Ask a tenant administrator for the role tenant-admin."],
  [["author", "tenant-admin", "ci"], "Ask a tenant administrator for the role author, tenant-admin or ci."],
  [["tenant-admin", "platform-admin"], "Ask a tenant administrator for the role tenant-admin."],
  [["platform-admin"], "Ask an administrator of the platform to do it."],
  [[], "Ask an administrator for a role that may do this."],
])("whoever lacks one of %j is told whom to ask for what", (allowed, fix) => expect(fixOf(refused(allowed))).toBe(fix));

test("other codes keep the advice of the catalogue", () =>
  expect(fixOf(new AppError("not_found", "There is no plan"))).toBe(
    "Check the identifier; it may belong to another tenant.",
  ));
