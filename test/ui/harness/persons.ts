import type { Browser, BrowserContext } from "playwright-core";
import { firstRunLink } from "../../../tools/up/first-run.mjs";
import type { Installation } from "../../e2e/harness/installation.ts";
import type { Office } from "../../e2e/harness/office.ts";

/** Who works with an installation: its first administrator, the office's members by their roles, and the administrator of another tenant. */
export const PERSONS = {
  admin: { name: "Ada Admin", roles: [] },
  owner: { name: "Olga Owner", roles: ["tenant-admin"] },
  author: { name: "Anton Author", roles: ["author"] },
  operator: { name: "Otto Operator", roles: ["operator"] },
  approver: { name: "Aylin Approver", roles: ["approver"] },
  auditor: { name: "Aurel Auditor", roles: ["auditor"] },
  viewer: { name: "Vera Viewer", roles: ["viewer"] },
  neighbour: { name: "Nils Neighbour", roles: ["tenant-admin"] },
} as const;
export type Person = keyof typeof PERSONS;

export const emailOf = (person: Person): string => `${person}@tandem.example`;
export const passwordOf = (person: Person): string => `a long password of ${person}`;

/** The link by which the person comes in for the first time: the installation's own, or an invitation of the office. */
export async function linkFor(person: Person, installation: Installation, office: Office): Promise<string> {
  if (person === "admin") {
    const link = await firstRunLink(installation.environmentOf("api"), { watch: false });
    if (link === null) throw new Error("somebody has signed in before the first administrator");
    return link;
  }
  const invitation = { email: emailOf(person), roles: PERSONS[person].roles, expiresInDays: 1 };
  const { invitationUrl } = await office.api.post("/v1/invitations", invitation);
  return invitationUrl as string;
}

/** What a browser keeps of somebody who has signed in. */
export type Kept = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** Follows the link as a person does, through the real page. */
export async function comeIn(browser: Browser, person: Person, link: string): Promise<Kept> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(link);
    const email = page.getByLabel("E-mail");
    await email.waitFor();
    if (await email.isEditable()) await email.fill(emailOf(person));
    await page.getByLabel("Name").fill(PERSONS[person].name);
    await page.getByLabel("Password").fill(passwordOf(person));
    await page.getByRole("button", { name: "Create my account" }).click();
    await page.waitForURL((url) => url.pathname === "/");
    return await context.storageState();
  } finally {
    await context.close();
  }
}
