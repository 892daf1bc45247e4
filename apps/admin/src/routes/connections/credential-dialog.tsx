import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { OutsideLink } from "../../ui/link.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { Marked } from "../../ui/marked.tsx";
import { givenSecrets, SecretField } from "./secret-field.tsx";
import type { Connection, Vendor } from "./standing.ts";
import { type ConfigValues, stepsFor } from "./vendor-form.ts";

interface CredentialDialogProps {
  readonly tenant: string;
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly isRotation: boolean;
  readonly onClose: () => void;
}

/** Stores the first credential, or a new one that takes over once it has been verified. */
export function CredentialDialog({ tenant, connection, vendor, isRotation, onClose }: CredentialDialogProps) {
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const path = { id: connection.id };
  const store = useWrite({
    tenant,
    send: async (given: Record<string, string>, idempotencyKey) => {
      const body = { secrets: given };
      if (isRotation) return api.post("/v1/connections/{id}/rotate", { tenant, path, body, idempotencyKey });
      const stored = await api.put("/v1/connections/{id}/credential", { tenant, path, body });
      await api.post("/v1/connections/{id}/test", { tenant, path });
      return stored;
    },
    done: () => {
      setSecrets({});
      toast(isRotation ? "Stored; it is being verified" : "Stored; it is being tested");
      onClose();
    },
  });
  const given = givenSecrets(secrets);
  const isMissing = vendor.secrets.some(({ name, isOptional }) => !isOptional && given[name] === undefined);
  const steps = stepsFor(vendor, connection.config as ConfigValues).filter(({ gives }) =>
    gives.some((name) => vendor.secrets.some((secret) => secret.name === name)),
  );
  return (
    <FormDialog
      title={isRotation ? `Rotate the credential of ${connection.name}` : `Store the credential of ${connection.name}`}
      onClose={onClose}
      act={isRotation ? "Rotate" : "Store and test"}
      isBusy={store.isPending}
      disabledBecause={isMissing || Object.keys(given).length === 0 ? "Paste the new secrets first" : null}
      onAct={() => store.mutate(given)}
    >
      <div className="grid gap-4">
        {isRotation && (
          <p className="text-ink-soft">
            A worker tries the new one first: same account, nothing missing. Only then it takes over; calls in progress
            go on with the old one, and webhooks signed with either are accepted until the last of them has ended.
          </p>
        )}
        {steps.length > 0 && (
          <ol className="grid list-decimal gap-1 pl-5 text-sm text-ink-soft">
            {steps.map(({ text, at }) => (
              <li key={text}>
                <Marked text={text} /> {at !== null && <OutsideLink href={at}>{new URL(at).host}</OutsideLink>}
              </li>
            ))}
          </ol>
        )}
        {vendor.secrets.map((secret) => (
          <SecretField
            key={secret.name}
            secret={secret}
            value={secrets[secret.name] ?? ""}
            error={store.error?.at(`/secrets/${secret.name}`) ?? null}
            onChange={(value) => setSecrets({ ...secrets, [secret.name]: value })}
          />
        ))}
        {store.error !== null && <ProblemNote problem={store.error} />}
      </div>
    </FormDialog>
  );
}
