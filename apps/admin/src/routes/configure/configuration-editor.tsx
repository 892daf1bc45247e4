import { lazy, Suspense, useMemo } from "react";
import { getRouteApi } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { useSession } from "../../shell/session.ts";
import { Button } from "../../ui/button.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { ClashDialog } from "./clash-dialog.tsx";
import { type Draft, withValue } from "./draft.ts";
import { chosenAgent, type Form, type Layer } from "./form-field.ts";
import { FormView } from "./form-view.tsx";
import { LayerSwitch } from "./layer-switch.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { PlanProgress } from "./plan-progress.tsx";
import { SaveBar } from "./save-bar.tsx";
import { useCheck } from "./use-check.ts";
import { type Editing, useEdit } from "./use-edit.ts";
import { useYamlText } from "./use-yaml-text.ts";

const YamlView = lazy(() => import("./yaml-view.tsx"));
const route = getRouteApi("/frame/t/$tenant/d/$deployment/configure");

interface ConfigurationEditorProps {
  readonly tenant: string;
  readonly tenantName: string;
  readonly deployment: string;
  readonly layer: Layer;
  readonly form: Form;
}

/** One layer as a form or as YAML, checked while it is typed, saved and planned. */
export function ConfigurationEditor(props: ConfigurationEditorProps) {
  const { tenant, deployment, layer, form } = props;
  const owner = useSession().person?.id ?? "";
  const playbook = form.playbook.name;
  const of = useMemo(() => ({ tenant, deployment, playbook, layer }), [tenant, deployment, playbook, layer]);
  const editing = useEdit(of, owner);
  return (
    <Loaded of={{ data: editing.draft, error: editing.error, refetch: editing.refetch }}>
      {(draft) => <Editor {...props} editing={editing} draft={draft} />}
    </Loaded>
  );
}

interface EditorProps extends ConfigurationEditorProps {
  readonly editing: Editing;
  readonly draft: Draft;
}

function Editor({ tenant, tenantName, deployment, layer, form, editing, draft }: EditorProps) {
  const navigate = route.useNavigate();
  const { view = "form", plan } = route.useSearch();
  const refusal = useRefusal(tenant, "edit");
  const of = useMemo(
    () => ({ tenant, deployment, playbook: form.playbook.name, layer }),
    [tenant, deployment, form.playbook.name, layer],
  );
  const check = useCheck(of, draft, refusal === null);
  const yaml = useYamlText(draft, layer, editing.change);
  const planning = useWrite({
    tenant,
    send: (_: void, idempotencyKey) =>
      api.post("/v1/deployments/{reference}/plans", {
        tenant,
        path: { reference: deployment },
        body: {},
        idempotencyKey,
      }),
    done: ({ planId }) => void navigate({ search: (before) => ({ ...before, plan: planId }), replace: true }),
  });
  const save = async (): Promise<void> => {
    if (await editing.save()) toast("Saved");
  };
  const saveAndPlan = async (): Promise<void> => {
    if (await editing.save()) planning.mutate();
  };
  const settle = async (chosen: Draft): Promise<void> => {
    if (await editing.settle(chosen)) toast("Saved");
  };
  const agent = chosenAgent(form, draft, layer);
  const shared = { tenant, form, draft, agent, problems: check.errors, changes: editing.changes };
  const isDisabled = refusal !== null;
  const onChange = (place: string, value: Parameters<typeof withValue>[2]): void =>
    editing.change((before) => withValue(before, place, value));
  return (
    <>
      {refusal !== null && <Note title="You can read this, not change it">{refusal}.</Note>}
      {editing.restoredFrom !== null && (
        <Note
          title="Your unsaved changes are back"
          actions={
            <Button size="small" onClick={editing.discard}>
              Discard them
            </Button>
          }
        >
          From <Time at={editing.restoredFrom} />; they were kept in this tab.
        </Note>
      )}
      {plan !== undefined && <PlanProgress tenant={tenant} plan={plan} />}
      {planning.error !== null && <ProblemNote problem={planning.error} />}
      <LayerSwitch layer={layer} deployment={deployment} tenantName={tenantName} playbook={form.playbook.title} />
      <Tabs
        label="How to edit"
        chosen={view}
        onChoose={(chosen) =>
          void navigate({
            search: (before) => ({ ...before, view: chosen === "form" ? undefined : chosen }),
            replace: true,
          })
        }
        tabs={[
          {
            name: "form",
            label: "Form",
            content: (
              <FormView
                {...shared}
                tenantName={tenantName}
                deployment={deployment}
                layer={layer}
                warnings={check.warnings}
                isDisabled={isDisabled}
                onChange={onChange}
              />
            ),
          },
          {
            name: "yaml",
            label: "YAML",
            content: (
              <Suspense fallback={<SkeletonLines count={12} />}>
                <YamlView
                  form={form}
                  layer={layer}
                  yaml={yaml}
                  problems={[...check.errors, ...check.warnings]}
                  isDisabled={isDisabled}
                />
              </Suspense>
            ),
          },
        ]}
      />
      <SaveBar
        editing={editing}
        check={check}
        refusal={refusal ?? (yaml.error === null ? null : "The text is not valid YAML yet")}
        isPlanning={planning.isPending}
        onSave={() => void save()}
        onPlan={() => void saveAndPlan()}
      />
      <ClashDialog
        clash={editing.clash}
        form={form}
        isBusy={editing.isSaving}
        onClose={editing.leaveClash}
        onSettle={(chosen) => void settle(chosen)}
      />
      <LeaveGuard deployment={deployment} count={editing.changes.length} />
    </>
  );
}
