import { useState } from "react";
import { api } from "../../api/client.ts";
import type { ApiProblem } from "../../api/problem.ts";
import { useWrite } from "../../api/write.ts";
import { Field } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Connection } from "./standing.ts";

interface RenameDialogProps {
  readonly tenant: string;
  readonly connection: Pick<Connection, "id" | "name">;
  readonly onClose: () => void;
}

/** Another name for a connection: deployments and releases refer to it by its id and go on with it. */
export function RenameDialog({ tenant, connection, onClose }: RenameDialogProps) {
  const [name, setName] = useState(connection.name);
  const rename = useWrite({
    tenant,
    send: (body: { name: string }) => api.patch("/v1/connections/{id}", { tenant, path: { id: connection.id }, body }),
    done: (changed) => {
      toast(`It is called ${changed.name} now`);
      onClose();
    },
  });
  const wanted = name.trim();
  return (
    <FormDialog
      title={`Rename ${connection.name}`}
      width="narrow"
      onClose={onClose}
      act="Rename"
      isBusy={rename.isPending}
      disabledBecause={wanted === "" ? "Give it a name" : wanted === connection.name ? "Nothing is changed" : null}
      onAct={() => rename.mutate({ name: wanted })}
    >
      <div className="grid gap-4">
        <Field
          label="Name"
          isRequired
          hint="Deployments that use it go on with it, and no release changes."
          error={messageOf(rename.error)}
        >
          <Input
            data-autofocus
            autoComplete="off"
            maxLength={63}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </Field>
        {rename.error !== null && <ProblemNote problem={rename.error} />}
      </div>
    </FormDialog>
  );
}

const messageOf = (problem: ApiProblem | null): string | null =>
  problem === null ? null : (problem.at("/name") ?? (problem.code === "already_exists" ? problem.detail : null));
