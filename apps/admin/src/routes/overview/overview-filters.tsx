import { X } from "lucide-react";
import { useTenantName } from "../../shell/current-tenant.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Input, Select } from "../../ui/input.tsx";
import { useTyped } from "../../ui/use-typed.ts";
import { ENVIRONMENTS, type Filter, SORT_WORDS, SORTS, type State, STATE_WORDS, STATES } from "./filter.ts";

interface OverviewFiltersProps {
  readonly filter: Filter;
  readonly onChange: (change: { readonly [Name in keyof Filter]?: Filter[Name] | undefined }) => void;
  /** Deployments by state that the rest of the filter lets pass; undefined until they are known. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

/** What of the deployments one looks at; all of it stands in the address. */
export function OverviewFilters({ filter, onChange, counts }: OverviewFiltersProps) {
  return (
    <div className="grid gap-3">
      <StateChoice state={filter.state} counts={counts} onChoose={(state) => onChange({ state })} />
      <div className="flex flex-wrap items-center gap-2">
        <Search text={filter.search ?? ""} onSearch={(search) => onChange({ search })} />
        <div className="w-44 max-sm:grow">
          <Select
            aria-label="Environment"
            value={filter.environment ?? ""}
            onChange={({ target }) => onChange({ environment: ENVIRONMENTS.find((each) => each === target.value) })}
          >
            <option value="">Every environment</option>
            {ENVIRONMENTS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        </div>
        <div className="w-44 max-sm:grow">
          <Select
            aria-label="Order"
            value={filter.sort ?? "attention"}
            onChange={({ target }) =>
              onChange({ sort: target.value === "attention" ? undefined : SORTS.find((each) => each === target.value) })
            }
          >
            {SORTS.map((each) => (
              <option key={each} value={each}>
                {SORT_WORDS[each]}
              </option>
            ))}
          </Select>
        </div>
        {filter.tenant !== undefined && (
          <TenantChip slug={filter.tenant} onRemove={() => onChange({ tenant: undefined })} />
        )}
        {filter.playbook !== undefined && (
          <Chip
            text={filter.version === undefined ? filter.playbook : `${filter.playbook} ${filter.version}`}
            onRemove={() => onChange({ playbook: undefined, version: undefined })}
          />
        )}
      </div>
    </div>
  );
}

const CHOICE =
  "inline-flex min-h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-sm font-medium text-ink-soft hover:bg-hover aria-pressed:border-ink aria-pressed:text-ink";

interface StateChoiceProps {
  readonly state: State | undefined;
  readonly counts: OverviewFiltersProps["counts"];
  readonly onChoose: (state: State | undefined) => void;
}

function StateChoice({ state, counts, onChoose }: StateChoiceProps) {
  const all = counts === undefined ? undefined : STATES.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
  return (
    <div role="group" aria-label="State" className="flex flex-wrap gap-1.5">
      <button type="button" className={CHOICE} aria-pressed={state === undefined} onClick={() => onChoose(undefined)}>
        All <Count value={all} />
      </button>
      {STATES.map((each) => (
        <button
          key={each}
          type="button"
          className={CHOICE}
          aria-pressed={state === each}
          onClick={() => onChoose(state === each ? undefined : each)}
        >
          {STATE_WORDS[each]} <Count value={counts?.[each]} />
        </button>
      ))}
    </div>
  );
}

/** Keeps the room of four digits, so that nothing moves when it comes. */
const Count = ({ value }: { readonly value: number | undefined }) => (
  <span
    className={classNames("min-w-[3ch] text-right font-normal tabular-nums", value === 0 ? "text-ink-faint" : null)}
  >
    {value?.toLocaleString("en")}
  </span>
);

/** Asks once one has stopped typing for a moment. */
function Search({ text, onSearch }: { readonly text: string; readonly onSearch: (text: string | undefined) => void }) {
  const [typed, setTyped] = useTyped(text, (next) => onSearch(next === "" ? undefined : next));
  return (
    <div className="w-64 max-sm:w-full">
      <Input
        type="search"
        aria-label="Search deployments"
        placeholder="Tenant, deployment or number"
        data-shortcut="search"
        maxLength={100}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </div>
  );
}

const TenantChip = ({ slug, onRemove }: { readonly slug: string; readonly onRemove: () => void }) => (
  <Chip text={useTenantName(slug)} onRemove={onRemove} />
);

const Chip = ({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) => (
  <Button size="small" onClick={onRemove}>
    {text}
    <X className="size-3.5" aria-hidden="true" />
    <span className="sr-only">: show all</span>
  </Button>
);
