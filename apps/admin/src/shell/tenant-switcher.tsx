import { useInfiniteQuery } from "@tanstack/react-query";
import { useMatch, useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { readPages } from "../api/page-list.ts";
import { buttonClass } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { Combobox } from "../ui/combobox.tsx";
import { Popover } from "../ui/popover.tsx";
import { useCurrentTenant, useTenantName } from "./current-tenant.ts";

/** Pages that every tenant has: there the switcher stays on the page. */
const SAME_PAGE = ["/t/$tenant/incidents", "/t/$tenant/connections", "/t/$tenant/audit", "/t/$tenant/access"] as const;

/** The tenant of the page, and a search over all that one belongs to; the server searches. */
export function TenantSwitcher() {
  const tenant = useCurrentTenant();
  const goTo = useSwitch();
  return (
    <Popover
      label="Switch tenant"
      trigger={
        <button
          type="button"
          data-shortcut="tenant"
          className={classNames(buttonClass("plain"), "w-full min-w-0 justify-between! px-2.5!")}
        >
          <span className="grid min-w-0 text-left">
            <span className="sr-only">Tenant </span>
            <span className="truncate">{tenant === null ? "No tenant" : <TenantName slug={tenant} />}</span>
          </span>
          <ChevronsUpDown className="size-4 text-ink-faint" aria-hidden="true" />
        </button>
      }
    >
      {(close) => (
        <TenantSearch
          onPick={(slug) => {
            close();
            goTo(slug);
          }}
        />
      )}
    </Popover>
  );
}

const TenantName = ({ slug }: { readonly slug: string }) => useTenantName(slug);

function TenantSearch({ onPick }: { readonly onPick: (slug: string) => void }) {
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  const { data, isFetching } = useInfiniteQuery({
    ...readPages("/v1/session/tenants", { query: { limit: 50, ...(search === "" ? {} : { search }) } }),
    placeholderData: (previous) => previous,
  });
  const options = (data ?? []).map(({ slug, name }) => ({
    value: slug,
    label: name,
    note: slug === name ? undefined : slug,
  }));
  return (
    <Combobox
      isInline
      label="Search tenants"
      placeholder="Search tenants"
      options={options}
      text={text}
      onText={setText}
      onPick={({ value }) => onPick(value)}
      isLoading={isFetching}
      emptyText="You belong to no tenant of this name"
    />
  );
}

/** Leads to the tenant: the same page where every tenant has it, else its deployments. */
function useSwitch(): (slug: string) => void {
  const navigate = useNavigate();
  const here = [
    useMatch({ from: "/frame/t/$tenant/incidents", shouldThrow: false }),
    useMatch({ from: "/frame/t/$tenant/connections", shouldThrow: false }),
    useMatch({ from: "/frame/t/$tenant/audit", shouldThrow: false }),
    useMatch({ from: "/frame/t/$tenant/access", shouldThrow: false }),
  ].findIndex((match) => match !== undefined);
  const page = SAME_PAGE[here];
  return (slug) => {
    void (page === undefined
      ? navigate({ to: "/", search: { tenant: slug } })
      : navigate({ to: page, params: { tenant: slug } }));
  };
}
