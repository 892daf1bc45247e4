import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../api/client.ts";
import type { ApiProblem } from "../api/problem.ts";
import { signInGate } from "../api/sign-in-gate.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type BrowserSession, sessionQuery } from "./session.ts";
import { SignInForm } from "./sign-in-form.tsx";

const TITLES = { expired: "Your session has ended", confirm: "Show again that it is you" };
const LEADS = {
  expired: "Sign in again to go on where you are. What you typed is still here.",
  confirm: "This changes something that is hard to take back; your last sign-in is more than five minutes ago.",
};

/** Over the page when a request wants a sign-in first; the request goes on afterwards, and the page below keeps what was typed. */
export function SignInDialog() {
  const reason = useSyncExternalStore(signInGate.subscribe, signInGate.get);
  useEffect(() => signInGate.attend(), []);
  const { data: session } = useQuery(sessionQuery);
  const [before, setBefore] = useState<BrowserSession["person"]>(null);
  if (session?.person != null && session.person !== before) setBefore(session.person);
  if (reason === null) return null;
  return (
    <Dialog isOpen title={TITLES[reason]} width="narrow" onClose={() => signInGate.settle(false)}>
      <p className="pb-4 text-ink-soft">{LEADS[reason]}</p>
      {before?.confirmsWith === "provider" ? (
        <ProviderSignIn />
      ) : reason === "confirm" ? (
        <PasswordConfirmation />
      ) : (
        <SignInForm email={before?.email} onDone={() => signInGate.settle(true)} />
      )}
    </Dialog>
  );
}

/** Signs in at the provider in a second tab; this one asks until it is done. */
function ProviderSignIn() {
  const [hasLeft, setLeft] = useState(false);
  const { data: session } = useQuery({ ...sessionQuery, refetchInterval: hasLeft ? 1500 : false, staleTime: 0 });
  const [atStart] = useState(session?.session?.confirmedUntil ?? null);
  const isDone = session?.session != null && session.session.confirmedUntil !== atStart;
  useEffect(() => {
    if (hasLeft && isDone) signInGate.settle(true);
  }, [hasLeft, isDone]);
  return (
    <div className="grid gap-3">
      <a
        href="/auth/login?return=/signed-in"
        target="_blank"
        rel="opener"
        data-autofocus
        className={buttonClass("main")}
        onClick={() => setLeft(true)}
      >
        Sign in with your organisation
      </a>
      <p role="status" className="text-sm text-ink-faint">
        {hasLeft ? "Waiting for the other tab …" : "It opens in another tab; this page stays as it is."}
      </p>
    </div>
  );
}

function PasswordConfirmation() {
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const confirm = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.post("/auth/reauthenticate", { body: { password } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      signInGate.settle(true);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="Password" isRequired>
        <Input
          type="password"
          autoComplete="current-password"
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {confirm.error !== null && <ProblemNote problem={confirm.error} />}
      <Button type="submit" look="main" isBusy={confirm.isPending}>
        Confirm
      </Button>
    </form>
  );
}
