import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { api } from "../../api/client.ts";
import { type ApiProblem, asProblem } from "../../api/problem.ts";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ButtonLink, OutsideLink } from "../../ui/link.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Card } from "../../ui/section.tsx";
import { Marked } from "../../ui/marked.tsx";
import { ScopeList } from "./scope-list.tsx";
import { givenSecrets, SecretField } from "./secret-field.tsx";
import type { Vendor } from "./standing.ts";
import { TestOutcome, useStanding } from "./test-outcome.tsx";
import { type ConfigMember, configOf, type ConfigValues, memberName, membersOf, stepsFor } from "./vendor-form.ts";

const route = getRouteApi("/frame/t/$tenant/connections/new");

interface GuidedSetUpProps {
  readonly tenant: string;
  readonly vendor: Vendor;
  readonly refusal: string | null;
}

/** The vendor's steps with the inputs that each yields, then storing, sealing and testing in one go. */
export function GuidedSetUp({ tenant, vendor, refusal }: GuidedSetUpProps) {
  const [name, setName] = useState(vendor.id);
  const [isSandbox, setSandbox] = useState(false);
  const [maySmokeWrite, setSmokeWrite] = useState(false);
  const [values, setValues] = useState<ConfigValues>({});
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const { connection, problem, isBusy, connect } = useConnect(tenant, vendor);
  const members = membersOf(vendor, values);
  const steps = stepsFor(vendor, values);
  const given = givenSecrets(secrets);
  const input = (giver: string, isAlone: boolean): ReactNode => {
    const member = members.find((each) => each.name === giver);
    const secret = vendor.secrets.find((each) => each.name === giver);
    if (member !== undefined)
      return (
        <ConfigField
          key={giver}
          member={member}
          value={values[giver] ?? ""}
          isFixed={connection !== null}
          error={problem?.at(`/config/${giver}`) ?? null}
          onChange={(value) => setValues(without(values, giver, value))}
        />
      );
    if (secret === undefined) return null;
    return (
      <SecretField
        key={giver}
        secret={secret}
        hasNoHint={isAlone}
        value={secrets[giver] ?? ""}
        error={problem?.at(`/secrets/${giver}`) ?? null}
        onChange={(value) => setSecrets({ ...secrets, [giver]: value })}
      />
    );
  };
  const told = new Set(steps.flatMap(({ gives }) => gives));
  const loose = [...members, ...vendor.secrets.filter(({ isOptional }) => !isOptional)].filter(
    (each) => !told.has(each.name),
  );
  const missing =
    name.trim() === ""
      ? "Give it a name"
      : members.some((member) => member.isRequired && (values[member.name] ?? "").trim() === "") ||
          vendor.secrets.some((secret) => !secret.isOptional && given[secret.name] === undefined) ||
          Object.keys(given).length === 0
        ? "Fill in what the steps yield first"
        : null;
  const submit = (): void =>
    void connect({
      name: name.trim(),
      endpoint: isSandbox ? "sandbox" : "vendor",
      smokeWrites: maySmokeWrite ? "test-objects" : "none",
      config: configOf(vendor, values),
      secrets: given,
    }).then((isStored) => isStored && setSecrets({}));
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <Card>
        <ol className="grid gap-6">
          <Step number={1} title="Name it">
            <div className="grid gap-4 sm:max-w-md">
              <Field label="Name" isRequired hint="How it is called here." error={problem?.at("/name") ?? null}>
                <Input
                  value={name}
                  maxLength={63}
                  readOnly={connection !== null}
                  onChange={({ target }) => setName(target.value)}
                />
              </Field>
              <Checkbox
                label="Answered by the sandbox"
                hint="The emulated vendor of this installation, for trying things out."
                checked={isSandbox}
                disabled={connection !== null}
                onChange={({ target }) => setSandbox(target.checked)}
              />
              <Checkbox
                label="Smoke tests may write test objects"
                hint="They are marked and removed again. Without it they only read."
                checked={maySmokeWrite}
                disabled={connection !== null}
                onChange={({ target }) => setSmokeWrite(target.checked)}
              />
            </div>
          </Step>
          {steps.map(({ text, at, gives }, index) => (
            <Step key={text} number={index + 2} title={text} at={at}>
              {gives.length > 0 && (
                <div className="grid gap-4 sm:max-w-md">{gives.map((giver) => input(giver, gives.length === 1))}</div>
              )}
            </Step>
          ))}
          {loose.length > 0 && (
            <Step number={steps.length + 2} title="Fill in the rest">
              <div className="grid gap-4 sm:max-w-md">{loose.map((each) => input(each.name, false))}</div>
            </Step>
          )}
          <Step number={steps.length + (loose.length > 0 ? 3 : 2)} title="Test it">
            <div className="grid gap-3">
              {problem !== null && <ProblemNote problem={problem} />}
              {connection !== null && problem === null && <Outcome tenant={tenant} connection={connection} />}
              <div>
                <Button
                  look={connection === null ? "main" : "plain"}
                  disabledBecause={refusal ?? missing}
                  isBusy={isBusy}
                  onClick={submit}
                >
                  {connection === null ? "Connect and test" : "Send other secrets and test"}
                </Button>
              </div>
            </div>
          </Step>
        </ol>
      </Card>
      <aside className="grid gap-3 xl:sticky xl:top-7">
        <h2 className="font-semibold">What it must be allowed to do</h2>
        <Card>
          <ScopeList scopes={vendor.requiredScopes} missing={null} />
        </Card>
      </aside>
    </div>
  );
}

const without = (values: ConfigValues, name: string, value: string): ConfigValues => {
  const { [name]: _before, ...rest } = values;
  return value === "" ? rest : { ...rest, [name]: value };
};

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly at?: string | null;
  readonly children: ReactNode;
}

const Step = ({ number, title, at = null, children }: StepProps) => (
  <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3">
    <span
      aria-hidden="true"
      className="grid size-7 place-items-center rounded-full border border-edge text-sm font-medium tabular-nums"
    >
      {number}
    </span>
    <div className="grid gap-3 pt-0.5">
      <p className="max-w-prose">
        <Marked text={title} /> {at !== null && <OutsideLink href={at}>{new URL(at).host}</OutsideLink>}
      </p>
      {children}
    </div>
  </li>
);

interface ConfigFieldProps {
  readonly member: ConfigMember;
  readonly value: string;
  readonly isFixed: boolean;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

const ConfigField = ({ member, value, isFixed, error, onChange }: ConfigFieldProps) => (
  <Field label={memberName(member.name)} isRequired={member.isRequired} error={error}>
    {member.choices === null ? (
      <Input
        isMono
        value={value}
        readOnly={isFixed}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
      />
    ) : (
      <Select
        value={value === "" ? (member.defaultText ?? "") : value}
        disabled={isFixed}
        onChange={({ target }) => onChange(target.value)}
      >
        {member.defaultText === null && <option value="">Choose …</option>}
        {member.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    )}
  </Field>
);

function Outcome({ tenant, connection }: { readonly tenant: string; readonly connection: string }) {
  const { deployment } = route.useSearch();
  const { data } = useStanding(tenant, connection, false);
  if (data === undefined) return null;
  const onwards =
    deployment === undefined ? (
      <ButtonLink to="/t/$tenant/connections/$connection" params={{ tenant, connection }}>
        Open connection
      </ButtonLink>
    ) : (
      <ButtonLink to="/t/$tenant/d/$deployment/configure" params={{ tenant, deployment }} look="main">
        Back to {deployment}
      </ButtonLink>
    );
  return <TestOutcome test={data.lastTest} actions={onwards} />;
}

interface Wish {
  readonly name: string;
  readonly endpoint: "vendor" | "sandbox";
  readonly smokeWrites: "none" | "test-objects";
  readonly config: Record<string, string>;
  readonly secrets: Record<string, string>;
}

/** Makes the connection once, then stores the credential and asks for a test; a second try goes on where the first one failed. */
function useConnect(tenant: string, vendor: Vendor) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const connect = async ({ secrets, ...wish }: Wish): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      const id = connection ?? (await api.post("/v1/connections", { tenant, body: { ...wish, vendor: vendor.id } })).id;
      setConnection(id);
      await api.put("/v1/connections/{id}/credential", { tenant, path: { id }, body: { secrets } });
      await api.post("/v1/connections/{id}/test", { tenant, path: { id } });
      await client.invalidateQueries({ queryKey: ["api", tenant] });
      return true;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { connection, problem, isBusy, connect };
}
