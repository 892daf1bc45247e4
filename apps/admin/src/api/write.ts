import { useMutation, type UseMutationResult, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { newIdempotencyKey } from "./client.ts";
import { ApiProblem } from "./problem.ts";

interface WriteOptions<Input, Answer> {
  /** Sends it. Hand the key on as `idempotencyKey`: a second try of the same input then acts once. */
  readonly send: (input: Input, idempotencyKey: string) => Promise<Answer>;
  /** Called with the answer, before anything is read anew. */
  readonly done?: (answer: Answer, input: Input) => void;
  /** Tenant whose reads are stale afterwards; left out: those of the platform as well as of every tenant. */
  readonly tenant?: string | undefined;
}

/** A write: one idempotency key per intent, kept while the outcome is unknown, and what was read of the tenant is read anew. */
export function useWrite<Input, Answer>({
  send,
  done,
  tenant,
}: WriteOptions<Input, Answer>): UseMutationResult<Answer, ApiProblem, Input> {
  const client = useQueryClient();
  const intent = useRef<{ input: string; key: string } | null>(null);
  return useMutation<Answer, ApiProblem, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input) ?? "";
      if (intent.current?.input !== text) intent.current = { input: text, key: newIdempotencyKey() };
      return send(input, intent.current.key);
    },
    onSuccess: (answer, input) => {
      intent.current = null;
      done?.(answer, input);
      return client.invalidateQueries({ queryKey: tenant === undefined ? ["api"] : ["api", tenant] });
    },
    onError: (problem) => {
      const isOutcomeKnown = problem.status >= 400 && problem.status < 500;
      if (isOutcomeKnown) intent.current = null;
    },
  });
}
