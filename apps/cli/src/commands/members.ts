import { CreatedInvitation, InvitationPage, Member, MemberPage } from "@tandem/contracts";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { invitationTable, memberTable } from "../views/member.ts";
import { when } from "../views/table.ts";
import type { Api } from "../api.ts";
import type { Register, Run } from "./context.ts";
import { gathered } from "./gathered.ts";

const MEMBERS = "/v1/members";
const INVITATIONS = "/v1/invitations";
const ROLES = "viewer, author, approver, operator, tenant-admin or auditor; repeat";

interface RoleOptions {
  readonly role: string[];
}

type Members = ReturnType<Parameters<Register>[0]["command"]>;

/** Persons of the tenant: whom they are invited by, what they may do. With a platform key the members of the platform. */
export const registerMembers: Register = (program, run) => {
  const members = program
    .command("members")
    .description("persons of the tenant and their roles (tenant administrators)");
  registerReads(members, run);
  registerInviting(members, run);
  registerChanges(members, run);
};

function registerReads(members: Members, run: Run): void {
  members
    .command("list", { isDefault: true })
    .description("who is a member, with which roles")
    .action(() =>
      run(async ({ api, output }) => {
        const found = await api.all(MEMBERS, MemberPage);
        output.result(found, () => memberTable(found));
        return ExitCode.done;
      }),
    );
  members
    .command("invitations")
    .description("invitations that can still be used")
    .action(() =>
      run(async ({ api, output }) => {
        const open = await api.all(INVITATIONS, InvitationPage);
        output.result(open, () => invitationTable(open));
        return ExitCode.done;
      }),
    );
}

function registerInviting(members: Members, run: Run): void {
  members
    .command("invite <email>")
    .description("make a link of one use, shown once; an earlier one to the same address ends")
    .requiredOption("-r, --role <role>", ROLES, gathered)
    .option("--days <number>", "how long the link is good", "7")
    .action((email: string, { role, days }: RoleOptions & { readonly days: string }) =>
      run(async ({ api, output }) => {
        const body = { email, roles: role, expiresInDays: Number(days) };
        const made = await api.post(INVITATIONS, body, CreatedInvitation);
        output.result(
          made,
          () =>
            `${made.invitationUrl ?? "(shown when it was made)"}\n${email}: ${made.roles.join(", ")}, until ${when(made.expiresAt)}`,
        );
        return ExitCode.done;
      }),
    );
  members
    .command("revoke <invitation>")
    .description("take an invitation back; its link opens nothing any more")
    .action((id: string) =>
      run(async ({ api, output }) => {
        await api.send(`${INVITATIONS}/${encodeURIComponent(id)}`, { method: "DELETE" });
        output.result({ revoked: id }, () => `Revoked ${id}`);
        return ExitCode.done;
      }),
    );
}

function registerChanges(members: Members, run: Run): void {
  members
    .command("change <member>")
    .description("give a member, named by address or id, these roles in place of theirs; in force within a second")
    .requiredOption("-r, --role <role>", ROLES, gathered)
    .action((member: string, { role }: RoleOptions) =>
      run(async ({ api, output }) => {
        const call = { method: "PUT", body: { roles: role } } as const;
        const answer = await api.send(`${MEMBERS}/${await personOf(api, member)}/roles`, call);
        const changed = Member.parse(await answer.json());
        output.result(changed, () => `${changed.person.email}: ${changed.roles.join(", ")}`);
        return ExitCode.done;
      }),
    );
  members
    .command("remove <member>")
    .description("take a member, named by address or id, out of the tenant; in force within a second")
    .action((member: string) =>
      run(async ({ api, output }) => {
        const id = await personOf(api, member);
        await api.send(`${MEMBERS}/${id}`, { method: "DELETE" });
        output.result({ removed: id }, () => `Removed ${member}`);
        return ExitCode.done;
      }),
    );
}

/** The id of the person that is meant, by id or by address. */
async function personOf(api: Api, member: string): Promise<string> {
  if (!member.includes("@")) return encodeURIComponent(member);
  const found = (await api.all(MEMBERS, MemberPage)).find(({ person }) => person.email === member.toLowerCase());
  if (found === undefined)
    throw new CommandFailure(`${member} is no member here: tandem members lists them`, ExitCode.failed);
  return found.person.id;
}
