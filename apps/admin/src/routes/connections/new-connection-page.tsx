import { getRouteApi } from "@tanstack/react-router";
import { useVendors } from "../../api/vendors.ts";
import { useTenantName } from "../../shell/current-tenant.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Page, PageHeader } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { GuidedSetUp } from "./guided-set-up.tsx";
import type { Vendor } from "./standing.ts";

const route = getRouteApi("/frame/t/$tenant/connections/new");

/** Choose a vendor, then follow its steps to a tested connection. */
export function NewConnectionPage() {
  const { tenant } = route.useParams();
  const { vendor: chosen, role } = route.useSearch();
  const name = useTenantName(tenant);
  const refusal = useRefusal(tenant, "manage");
  const { vendors } = useVendors(tenant);
  const vendor = vendors.data?.items.find(({ id }) => id === chosen);
  return (
    <Page>
      <PageHeader
        title={vendor === undefined ? "Connect an account" : `Connect ${vendor.title}`}
        trail={
          <>
            <Link to="/" search={{ tenant }}>
              {name}
            </Link>
            <span aria-hidden="true">/</span>
            <Link to="/t/$tenant/connections" params={{ tenant }}>
              Connections
            </Link>
          </>
        }
        lead={
          vendor === undefined
            ? "Whose account is it?"
            : "Follow the steps; nothing is used before a deployment names it."
        }
      />
      {refusal !== null && <Note title="You cannot connect accounts here">{refusal}.</Note>}
      <Loaded of={vendors}>
        {({ items }) =>
          vendor === undefined ? (
            <VendorChoice tenant={tenant} vendors={items} role={role} />
          ) : (
            <GuidedSetUp key={vendor.id} tenant={tenant} vendor={vendor} refusal={refusal} />
          )
        }
      </Loaded>
    </Page>
  );
}

interface VendorChoiceProps {
  readonly tenant: string;
  readonly vendors: readonly Vendor[];
  readonly role: string | undefined;
}

const GROUPS: readonly (readonly [title: string, fits: (vendor: Vendor) => boolean])[] = [
  ["Telephony", ({ roles }) => roles.includes("telephony")],
  ["Voice agent", ({ roles }) => roles.includes("voiceAgent")],
  ["Calendar", ({ roles }) => roles.includes("calendar")],
  ["CRM", ({ roles }) => roles.includes("crm")],
  ["Speech and language", ({ providers }) => Object.keys(providers).length > 0],
];

function VendorChoice({ tenant, vendors, role }: VendorChoiceProps) {
  const provider = role?.startsWith("provider.") === true ? role.slice("provider.".length) : null;
  const fitting = provider === null ? vendors : vendors.filter(({ providers }) => Object.hasOwn(providers, provider));
  return (
    <div className="grid gap-5">
      {GROUPS.map(([title, fits]) => {
        const members = fitting.filter(fits);
        return members.length === 0 ? null : (
          <Section key={title} title={title}>
            <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
              {members.map((vendor) => (
                <li key={vendor.id}>
                  <Link
                    to="/t/$tenant/connections/new"
                    params={{ tenant }}
                    search={(before) => ({ ...before, vendor: vendor.id })}
                    className="block h-full rounded-lg! border border-line bg-surface p-4 no-underline! hover:border-ink-soft hover:bg-hover"
                  >
                    <span className="font-medium">{vendor.title}</span>
                    <span className="mt-0.5 block text-sm text-ink-faint">{doesWhat(vendor)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </Section>
        );
      })}
    </div>
  );
}

const KINDS = { stt: "hears callers", llm: "thinks", tts: "speaks" };

/** "owns numbers and carries calls", "hears callers and speaks". */
function doesWhat({ roles, providers }: Vendor): string {
  const kinds = [...new Set(Object.values(providers).flat())].map((kind) => KINDS[kind]);
  const words = [...roles.map((role) => ROLES[role] ?? role), ...kinds];
  return words.join(" and ");
}

const ROLES: Readonly<Record<string, string>> = {
  telephony: "owns numbers and carries calls",
  voiceAgent: "hosts agents",
  calendar: "keeps appointments",
  crm: "keeps contacts and deals",
};
