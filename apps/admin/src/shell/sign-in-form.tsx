import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../api/client.ts";
import type { ApiProblem } from "../api/problem.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { sessionQuery } from "./session.ts";

interface SignInFormProps {
  /** Known already: the session of this person has ended. */
  readonly email?: string | undefined;
  readonly onDone: () => void;
}

/** E-mail and password, for installations with local persons. */
export function SignInForm({ email: known, onDone }: SignInFormProps) {
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const signIn = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.post("/auth/local", { body: { email, password } }),
    onSuccess: async () => {
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="E-mail" isRequired>
        <Input
          type="email"
          autoComplete="username"
          data-autofocus={known === undefined || undefined}
          readOnly={known !== undefined}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password" isRequired>
        <Input
          type="password"
          autoComplete="current-password"
          data-autofocus={known !== undefined || undefined}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {signIn.error !== null && <ProblemNote problem={signIn.error} />}
      <Button type="submit" look="main" isBusy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
