import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";
import { useRefusal } from "../../shell/permission.ts";
import { subjectWords } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { useTyped } from "../../ui/use-typed.ts";
import { type AuditFilter, isNarrowed, OBJECT_KINDS, objectParts } from "./audit-filter.ts";

interface FilterBarProps {
  readonly tenant: string;
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

/** What narrows the log; all of it stands in the address. */
export function FilterBar({ tenant, filter, onChange }: FilterBarProps) {
  const set = (name: keyof AuditFilter, value: string): void => {
    const { [name]: _before, ...rest } = filter;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <search className="grid gap-2">
      <div className="grid grid-cols-2 gap-2 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1.2fr)]">
        <TextSearch text={filter.text ?? ""} onText={(text) => set("text", text)} />
        <ActorChoice tenant={tenant} actor={filter.actor} onPick={(actor) => set("actor", actor)} />
        <Typed
          label="Action"
          placeholder="Action, e.g. rollout"
          value={filter.action ?? ""}
          onText={(action) => set("action", action)}
        />
        <ObjectChoice object={filter.object} onPick={(object) => set("object", object)} />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Day label="From" value={filter.from} onPick={(day) => set("from", day)} />
        <Day label="To" value={filter.to} onPick={(day) => set("to", day)} />
        {isNarrowed(filter) && (
          <Button size="small" look="quiet" onClick={() => onChange({})}>
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}

const TextSearch = ({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) => (
  <Typed
    label="Search actor, action, object and reason"
    placeholder="Search everything"
    isSearch
    value={text}
    onText={onText}
  />
);

interface TypedProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly isSearch?: boolean;
}

/** A text that is told once the typing pauses, and follows the address when that changes elsewhere. */
function Typed({ label, placeholder, value, onText, isSearch = false }: TypedProps) {
  const [text, setText] = useTyped(value, onText);
  return (
    <Input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      data-shortcut={isSearch ? "search" : undefined}
      className={isSearch ? "max-lg:col-span-2" : undefined}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onPick: (day: string) => void;
}

const Day = ({ label, value, onPick }: DayProps) => (
  <label className="flex items-center gap-2">
    <span className="shrink-0 text-sm text-ink-faint max-sm:w-9">{label}</span>
    <Input type="date" value={value ?? ""} onChange={({ target }) => onPick(target.value)} className="w-40!" />
  </label>
);

interface ActorChoiceProps {
  readonly tenant: string;
  readonly actor: string | undefined;
  readonly onPick: (actor: string) => void;
}

/** Members and API keys by name, as far as the reader may know them. */
function ActorChoice({ tenant, actor, onPick }: ActorChoiceProps) {
  const mayReadMembers = useRefusal(tenant, "members") === null;
  const mayReadKeys = useRefusal(tenant, "keys") === null;
  const query = { limit: 200 };
  const members = useQuery({ ...read("/v1/members", { tenant, query }), enabled: mayReadMembers }).data?.items ?? [];
  const keys = useQuery({ ...read("/v1/api-keys", { tenant, query }), enabled: mayReadKeys }).data?.items ?? [];
  const known = [
    ...members.map(({ person }) => [`person:${person.id}`, person.name] as const),
    ...keys.map(({ keyId, name }) => [`key:${keyId}`, `${name} (API key)`] as const),
  ];
  const isKnown = actor === undefined || known.some(([value]) => value === actor);
  return (
    <Select aria-label="Who" value={actor ?? ""} onChange={({ target: { value } }) => onPick(value)}>
      <option value="">Anyone</option>
      {!isKnown && <option value={actor}>{words(actor)}</option>}
      {known.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
}

function words(actor: string): string {
  const [kind = actor, id = ""] = actor.split(/:(.*)/s);
  return subjectWords(kind, id);
}

interface ObjectChoiceProps {
  readonly object: string | undefined;
  readonly onPick: (object: string) => void;
}

/** All of a kind; one object comes from an entry. */
function ObjectChoice({ object, onPick }: ObjectChoiceProps) {
  const isKind = object === undefined || (OBJECT_KINDS as readonly string[]).includes(object);
  const { kind, id } = objectParts(object ?? "");
  return (
    <Select aria-label="Object" value={object ?? ""} onChange={({ target: { value } }) => onPick(value)}>
      <option value="">Any object</option>
      {!isKind && <option value={object}>{`${kind} ${id.slice(0, 8)}`}</option>}
      {OBJECT_KINDS.map((each) => (
        <option key={each} value={each}>
          {`Any ${each.replaceAll("-", " ")}`}
        </option>
      ))}
    </Select>
  );
}
