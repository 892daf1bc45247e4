import { counted } from "@tandem/kernel";
import type { Json } from "@tandem/kernel";
import { Marked } from "../../ui/marked.tsx";
import { Note } from "../../ui/note.tsx";
import { ACCOUNTS_ID, AccountsPart } from "./accounts-part.tsx";
import type { Draft } from "./draft.ts";
import { fieldState, type Form, isFor, type Layer, type Problem, problemsOf } from "./form-field.ts";
import { groupId, ParameterForm } from "./parameter-form.tsx";

interface FormViewProps {
  readonly tenant: string;
  readonly tenantName: string;
  readonly deployment: string;
  readonly form: Form;
  readonly draft: Draft;
  readonly layer: Layer;
  readonly agent: string | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly changes: readonly string[];
  readonly isDisabled: boolean;
  readonly onChange: (place: string, value: Json | undefined) => void;
}

/** The form with its headings beside it, each with what is open there. */
export const FormView = (props: FormViewProps) => (
  <div className="grid gap-x-8 lg:grid-cols-[11rem_minmax(0,1fr)]">
    <Contents {...props} />
    <div className="grid min-w-0 gap-6">
      <Loose {...props} />
      {props.layer === "deployment" && <AccountsPart {...props} />}
      <ParameterForm {...props} />
    </div>
  </div>
);

/** What belongs to no input. */
function Loose({ problems, warnings, form }: FormViewProps) {
  const known = new Set([...form.fields.map(({ name }) => name), ...form.accounts.map(({ role }) => role)]);
  const isLoose = ({ field, pointer }: Problem): boolean =>
    pointer !== "/number" && (field === null || !known.has(field));
  const loose = [...problems.filter(isLoose), ...warnings];
  if (loose.length === 0) return null;
  return (
    <Note tone="warn" title={loose.length === 1 ? undefined : counted(loose.length, "remark")}>
      <ul className="grid gap-1">
        {loose.map(({ code, message, fix, path }) => (
          <li key={`${code} ${path}`}>
            <Marked text={message} />{" "}
            <span className="text-ink-soft">
              <Marked text={fix} />
            </span>
          </li>
        ))}
      </ul>
    </Note>
  );
}

interface Heading {
  readonly id: string;
  readonly title: string;
  readonly open: number;
}

function Contents(props: FormViewProps) {
  return (
    <nav aria-label="Parts of the configuration" className="max-lg:hidden">
      <ul className="sticky top-7 grid gap-0.5">
        {headingsOf(props).map(({ id, title, open }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(id)?.scrollIntoView({ block: "start" });
              }}
              className="flex min-h-8 items-center justify-between gap-2 rounded-md px-2.5 text-ink-soft hover:bg-hover hover:text-ink"
            >
              {title}
              {open > 0 && (
                <span className="rounded-full bg-warn-fill px-1.5 text-xs font-medium text-warn tabular-nums">
                  {open}
                  <span className="sr-only"> open</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function headingsOf({ form, draft, layer, agent, problems }: FormViewProps): readonly Heading[] {
  const accounts = problems.filter(
    ({ pointer }) => pointer === "/number" || pointer?.startsWith("/connections") === true,
  );
  const groups = form.groups.flatMap((group): Heading[] => {
    const fields = form.fields.filter((field) => field.group === group && isFor(field, agent));
    if (fields.length === 0) return [];
    const isOpen = (field: Form["fields"][number]): boolean =>
      problemsOf(problems, field).length > 0 ||
      (layer === "deployment" && field.isRequired && fieldState(field, draft, layer).value === undefined);
    return [{ id: groupId(group), title: group ?? "Other", open: fields.filter(isOpen).length }];
  });
  if (layer === "tenant") return groups;
  return [{ id: ACCOUNTS_ID, title: "Number and accounts", open: accounts.length }, ...groups];
}
