import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import type { ApiProblem } from "../../api/problem.ts";
import { sessionQuery } from "../../shell/session.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { GateSheet } from "./gate-sheet.tsx";

type Invitation = Schemas["InvitationView"];

/** A link of invitation, the first one of an installation included. Its token stands behind the `#` and reaches no log. */
export function WelcomePage() {
  const [token] = useState(() => window.location.hash.slice(1));
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => api.post("/auth/invitation", { body: { token }, signal }),
    retry: false,
    staleTime: Infinity,
  });
  return (
    <Loaded of={invitation} skeleton={<GateSheet title="Welcome" />}>
      {(view) => (
        <GateSheet title="Welcome to Tandem" lead={leadOf(view)}>
          {view.how === "provider" ? (
            <a className={buttonClass("main")} href="/auth/login?return=/">
              Sign in with your organisation
            </a>
          ) : (
            <ClaimForm token={token} invitation={view} />
          )}
        </GateSheet>
      )}
    </Loaded>
  );
}

const leadOf = ({ kind, tenant, roles }: Invitation): string =>
  kind === "first-run"
    ? "You become the first administrator of this installation."
    : `You are invited to ${tenant?.name ?? "the platform"} as ${roles.join(", ")}.`;

function ClaimForm({ token, invitation }: { readonly token: string; readonly invitation: Invitation }) {
  const isNew = invitation.how === "new-password";
  const [email, setEmail] = useState(invitation.email ?? "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const { history } = useRouter();
  const claim = useMutation<unknown, ApiProblem>({
    mutationFn: () =>
      api.post("/auth/claim", {
        body: { token, password, ...(isNew ? { name } : {}), ...(invitation.email === null ? { email } : {}) },
      }),
    onSuccess: async () => {
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      history.replace("/");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    claim.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="E-mail" isRequired error={claim.error?.at("/email")}>
        <Input
          type="email"
          autoComplete="username"
          readOnly={invitation.email !== null}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      {isNew && (
        <Field label="Name" isRequired error={claim.error?.at("/name")}>
          <Input autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <Field
        label="Password"
        isRequired
        hint={isNew ? "At least 12 characters." : "The one you have here already."}
        error={claim.error?.at("/password")}
      >
        <Input
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          minLength={isNew ? 12 : 1}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {claim.error !== null && claim.error.fields.length === 0 && <ProblemNote problem={claim.error} />}
      <Button type="submit" look="main" isBusy={claim.isPending}>
        {isNew ? "Create my account" : "Accept"}
      </Button>
    </form>
  );
}
