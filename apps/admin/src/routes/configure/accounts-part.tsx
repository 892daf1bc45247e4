import { CircleAlert } from "lucide-react";
import { Badge } from "../../ui/badge.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Card, Section } from "../../ui/section.tsx";
import { PhoneControl } from "./controls/text-controls.tsx";
import type { Draft } from "./draft.ts";
import { type Form, type FormAccount, isFor, type Problem, problemsAt } from "./form-field.ts";

interface AccountsPartProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly form: Form;
  readonly draft: Draft;
  readonly agent: string | null;
  readonly problems: readonly Problem[];
  readonly changes: readonly string[];
  readonly isDisabled: boolean;
  readonly onChange: (place: string, value: string | undefined) => void;
}

export const ACCOUNTS_ID = "group-number-and-accounts";

/** The number that callers dial, and the account for each role. */
export function AccountsPart(props: AccountsPartProps) {
  const { form, draft, agent, problems, changes, isDisabled, onChange } = props;
  const needed = form.accounts.filter((account) => isFor(account, agent));
  return (
    <div id={ACCOUNTS_ID} className="scroll-mt-6">
      <Section title="Number and accounts">
        <Card>
          <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
            {form.number.isRequired && (
              <div className="md:col-span-2">
                <Field
                  label="Number that callers dial"
                  isRequired
                  hint="It must belong to the telephony account. It is pointed here by the first switch, not before."
                  error={draft.number === null ? null : textOf(problemsAt(problems, "/number"))}
                  note={<Standing isMissing={draft.number === null} isChanged={changes.includes("number")} />}
                >
                  <PhoneControl
                    shape={{ type: "phone-number", min: null, max: null, choices: null }}
                    value={draft.number ?? undefined}
                    isDisabled={isDisabled}
                    onChange={(value) => onChange("number", value === "" ? undefined : String(value))}
                  />
                </Field>
              </div>
            )}
            {needed.map((account) => (
              <AccountField key={account.role} {...props} account={account} />
            ))}
          </div>
        </Card>
      </Section>
    </div>
  );
}

const textOf = (problems: readonly Problem[]): string | null =>
  problems.length === 0 ? null : problems.map(({ message }) => message).join(" ");

const Standing = ({ isMissing, isChanged }: { readonly isMissing: boolean; readonly isChanged: boolean }) =>
  isMissing ? (
    <span className="font-medium text-warn">needed</span>
  ) : isChanged ? (
    <span className="font-medium text-busy">changed</span>
  ) : null;

const ROLES: Readonly<Record<string, string>> = {
  telephony: "Telephony",
  voiceAgent: "Voice agent",
  calendar: "Calendar",
  crm: "CRM",
};

/** "provider.deepgram" → "Provider deepgram". */
export const roleName = (role: string): string => ROLES[role] ?? `Provider ${role.replace(/^provider\./, "")}`;

function AccountField(props: AccountsPartProps & { readonly account: FormAccount }) {
  const { tenant, deployment, account, draft, problems, changes, isDisabled, onChange } = props;
  const place = `connections/${account.role}`;
  const chosen = draft.connections[account.role];
  const connection = account.connections.find(({ id }) => id === chosen);
  return (
    <Field
      label={roleName(account.role)}
      isRequired
      hint={account.reason}
      error={chosen === undefined ? null : textOf(problemsAt(problems, `/${place}`))}
      note={<Standing isMissing={chosen === undefined} isChanged={changes.includes(place)} />}
    >
      <div className="grid w-full gap-1.5">
        <ConnectionSelect {...{ account, chosen, isDisabled }} onChange={(id) => onChange(place, id)} />
        <p className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          {connection?.endpoint === "sandbox" && <Badge>sandbox</Badge>}
          {connection?.hasCredential === false && (
            <span className="inline-flex items-center gap-1 text-warn">
              <CircleAlert className="size-3.5" aria-hidden="true" /> no credential yet
            </span>
          )}
          {connection !== undefined && (
            <Link to="/t/$tenant/connections/$connection" params={{ tenant, connection: connection.id }}>
              Open connection
            </Link>
          )}
          <Link
            to="/t/$tenant/connections/new"
            params={{ tenant }}
            search={{ vendor: account.vendors[0]?.vendor, role: account.role, deployment }}
          >
            Connect {connection === undefined ? (account.vendors[0]?.title ?? "an account") : "another"}
          </Link>
        </p>
      </div>
    </Field>
  );
}

interface ConnectionSelectProps {
  readonly account: FormAccount;
  readonly chosen: string | undefined;
  readonly isDisabled: boolean;
  readonly onChange: (id: string | undefined) => void;
}

function ConnectionSelect({ account, chosen, isDisabled, onChange }: ConnectionSelectProps) {
  const isKnown = account.connections.some(({ id }) => id === chosen);
  return (
    <Select
      value={chosen ?? ""}
      disabled={isDisabled}
      onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
    >
      <option value="">{account.connections.length === 0 ? "No connection fits yet" : "Choose a connection …"}</option>
      {chosen !== undefined && !isKnown && <option value={chosen}>A connection that is gone or does not fit</option>}
      {account.connections.map(({ id, name, vendor }) => (
        <option key={id} value={id}>
          {name === vendor ? name : `${name} (${vendor})`}
        </option>
      ))}
    </Select>
  );
}
