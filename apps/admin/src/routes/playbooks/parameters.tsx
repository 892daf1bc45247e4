import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { Badge } from "../../ui/badge.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { LongText } from "../../ui/long-text.tsx";
import { Section } from "../../ui/section.tsx";
import { valueText } from "../../ui/value-text.ts";
import { manifestOf, type ParameterDoc, parameterGroups } from "./manifest-content.ts";
import type { Version } from "./playbook.ts";
import { VersionSelect } from "./version-select.tsx";

interface ParametersProps {
  readonly tenant: string | undefined;
  readonly name: string;
  readonly versions: readonly Version[];
}

const route = getRouteApi("/frame/playbooks/$name");

/** What a deployment of the playbook can set, in the author's words. */
export function Parameters({ tenant, name, versions }: ParametersProps) {
  const { version = versions[0]?.version ?? "" } = route.useSearch();
  const navigate = route.useNavigate();
  const reference = `${name}@${version}`;
  const manifest = useQuery(read("/v1/manifests/{reference}", { tenant, path: { reference } }));
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-end gap-4">
        <VersionSelect
          label="Version"
          versions={versions}
          value={version}
          onChoose={(next) => void navigate({ search: (before) => ({ ...before, version: next }), replace: true })}
        />
      </div>
      <Loaded of={manifest}>
        {({ content }) => (
          <>
            {parameterGroups(manifestOf(content).parameters).map(({ group, parameters }) => (
              <Section key={group ?? ""} title={group ?? "General"}>
                <dl className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
                  {parameters.map((parameter) => (
                    <Row key={parameter.name} parameter={parameter} />
                  ))}
                </dl>
              </Section>
            ))}
          </>
        )}
      </Loaded>
    </div>
  );
}

const Row = ({
  parameter: { name, label, hint, isRequired, type, standard },
}: {
  readonly parameter: ParameterDoc;
}) => (
  <div className="grid gap-x-6 gap-y-1.5 px-4 py-3 md:grid-cols-[15rem_minmax(0,1fr)_minmax(0,16rem)]">
    <dt className="min-w-0">
      <span className="font-medium">{label}</span>
      <code className="block font-mono text-sm text-ink-faint">{name}</code>
    </dt>
    <dd className="min-w-0">
      {hint !== null && <p>{hint}</p>}
      <p className="text-sm text-ink-soft">{type}</p>
    </dd>
    <dd className="min-w-0 text-sm">
      {standard === undefined ? (
        <Badge tone={isRequired ? "warn" : "neutral"}>{isRequired ? "must be set" : "may be left out"}</Badge>
      ) : (
        <>
          <span className="text-ink-faint">By default</span>
          <LongText text={valueText(standard)} />
        </>
      )}
    </dd>
  </div>
);
