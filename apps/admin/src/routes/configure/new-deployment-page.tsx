import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { Card } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { PhoneControl } from "./controls/text-controls.tsx";

const route = getRouteApi("/frame/t/$tenant/new-deployment");

const ENVIRONMENTS = [
  ["production", "Production: real callers; what is hard to take back is asked twice"],
  ["staging", "Staging: as production, for trying releases"],
  ["development", "Development: for whoever writes the playbook"],
] as const;
type Environment = (typeof ENVIRONMENTS)[number][0];

/** The first step of a deployment: what it runs, where and under which number; the rest is configured on its page. */
export function NewDeploymentPage() {
  const { tenant } = route.useParams();
  const name = useTenantName(tenant);
  const playbooks = useQuery(read("/v1/playbooks", { tenant, query: { limit: 200 } }));
  return (
    <Page>
      <PageHeader
        title="New deployment"
        trail={
          <Link to="/" search={{ tenant }}>
            {name}
          </Link>
        }
        lead="A playbook for one number. Nothing is changed at any vendor before its first rollout."
      />
      <Loaded of={playbooks}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No playbook has been published">
              An author or the platform publishes one first; see <Link to="/playbooks">Playbooks</Link>.
            </EmptyState>
          ) : (
            <NewDeploymentForm tenant={tenant} playbooks={items} />
          )
        }
      </Loaded>
    </Page>
  );
}

interface NewDeploymentFormProps {
  readonly tenant: string;
  readonly playbooks: readonly { readonly name: string; readonly title: string; readonly summary: string }[];
}

function NewDeploymentForm({ tenant, playbooks }: NewDeploymentFormProps) {
  const navigate = route.useNavigate();
  const { playbook: wanted } = route.useSearch();
  const refusal = useRefusal(tenant, "manage");
  const [playbook, setPlaybook] = useState(wanted ?? playbooks[0]?.name ?? "");
  const [name, setName] = useState("");
  const [environment, setEnvironment] = useState<Environment>("production");
  const [number, setNumber] = useState("");
  const create = useWrite({
    tenant,
    send: (body: { name: string; playbook: string; environment: Environment; number: string | null }, idempotencyKey) =>
      api.post("/v1/deployments", { tenant, body: { ...body, connections: {} }, idempotencyKey }),
    done: (made) =>
      void navigate({ to: "/t/$tenant/d/$deployment/configure", params: { tenant, deployment: made.name } }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (refusal === null && !create.isPending)
      create.mutate({ name: name.trim(), playbook, environment, number: number === "" ? null : number });
  };
  const chosen = playbooks.find((each) => each.name === playbook);
  const { error } = create;
  return (
    <form onSubmit={submit} className="max-w-2xl">
      <Card>
        <div className="grid gap-5">
          <Field label="Playbook" isRequired hint={chosen?.summary} error={error?.at("/playbook") ?? null}>
            <Select value={playbook} onChange={({ target }) => setPlaybook(target.value)}>
              {playbooks.map((each) => (
                <option key={each.name} value={each.name}>
                  {each.title}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Name"
            isRequired
            hint="Lower-case words joined by hyphens, such as front-desk. It stands in addresses and cannot be changed."
            error={error?.at("/name") ?? null}
          >
            <Input
              value={name}
              maxLength={63}
              autoComplete="off"
              spellCheck={false}
              placeholder="front-desk"
              onChange={({ target }) => setName(target.value.toLowerCase().replaceAll(/[\s_]+/g, "-"))}
            />
          </Field>
          <Field label="Environment" isRequired>
            <Select
              value={environment}
              onChange={({ target }) =>
                setEnvironment(ENVIRONMENTS.find(([each]) => each === target.value)?.[0] ?? environment)
              }
            >
              {ENVIRONMENTS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label="Number that callers dial"
            hint="With its country code. It can be filled in later, and is pointed here by the first switch, not before."
            error={error?.at("/number") ?? null}
          >
            <PhoneControl
              shape={{ type: "phone-number", min: null, max: null, choices: null }}
              value={number}
              isDisabled={false}
              onChange={(value) => setNumber(String(value))}
            />
          </Field>
          {error !== null && <ProblemNote problem={error} />}
          <div className="flex justify-end gap-2">
            <Button
              type="submit"
              look="main"
              isBusy={create.isPending}
              disabledBecause={refusal ?? (name.trim() === "" ? "Give it a name first" : null)}
            >
              Create and configure
            </Button>
          </div>
        </div>
      </Card>
    </form>
  );
}
