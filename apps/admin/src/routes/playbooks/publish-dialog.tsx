import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { asProblem } from "../../api/problem.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import { Diagnostics } from "./diagnostics.tsx";
import { FolderInput } from "./folder-input.tsx";
import { type PlaybookFolder, readPlaybookFolder } from "./playbook-folder.ts";

interface PublishDialogProps {
  readonly tenant: string | undefined;
  readonly mayLibrary: boolean;
  readonly onClose: () => void;
}

/** A playbook's folder is chosen, checked, and published when nothing is wrong with it. */
export function PublishDialog({ tenant, mayLibrary, onClose }: PublishDialogProps) {
  const [isLibrary, setLibrary] = useState(tenant === undefined);
  const into = isLibrary ? undefined : tenant;
  const check = useCheck(into);
  const folder = check.data?.folder ?? null;
  const publish = usePublish(into, onClose);
  const missing = !check.isSuccess
    ? "Choose the folder of a playbook first"
    : folder === null || check.data.validation?.valid !== true
      ? "Mend what was found first"
      : null;
  return (
    <Dialog
      isOpen
      onClose={publish.isPending ? undefined : onClose}
      title="Publish a version of a playbook"
      actions={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="main"
            isBusy={publish.isPending}
            disabledBecause={missing}
            onClick={() => folder !== null && publish.mutate(folder)}
          >
            {folder?.version == null ? "Publish" : `Publish ${folder.version}`}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">
          A version that is published never changes, and nothing is rolled out by it: deployments stay on what they run.
        </p>
        {mayLibrary && tenant !== undefined && (
          <Field label="Into" isRequired hint="Every tenant may use what is in the library.">
            <Select
              value={isLibrary ? "library" : "own"}
              onChange={({ target }) => {
                setLibrary(target.value === "library");
                check.reset();
                publish.reset();
              }}
            >
              <option value="own">{`Playbooks of ${tenant}`}</option>
              <option value="library">The library</option>
            </Select>
          </Field>
        )}
        <FolderInput
          isBusy={check.isPending}
          chosen={folder}
          onChoose={(files) => {
            publish.reset();
            check.mutate(files);
          }}
        />
        {check.error !== null && <ProblemNote problem={asProblem(check.error)} />}
        {check.isSuccess && <Diagnostics of={check.data.validation} />}
        {publish.error !== null && <ProblemNote problem={publish.error} />}
      </div>
    </Dialog>
  );
}

function useCheck(tenant: string | undefined) {
  return useMutation({
    mutationFn: async (chosen: readonly File[]) => {
      const folder = await readPlaybookFolder(chosen);
      if (folder === null) return { folder, validation: null };
      const { files } = folder;
      return { folder, validation: await api.post("/v1/manifests/validate", { tenant, body: { files } }) };
    },
  });
}

function usePublish(tenant: string | undefined, onClose: () => void) {
  const navigate = useNavigate();
  return useWrite({
    send: ({ files }: PlaybookFolder, idempotencyKey) =>
      api.post("/v1/manifests", { tenant, idempotencyKey, body: { files } }),
    done: ({ playbook, version }) => {
      onClose();
      toast(`${playbook} ${version} is published`);
      void navigate({ to: "/playbooks/$name", params: { name: playbook } });
    },
  });
}
