import { counted } from "@tandem/kernel";
import { useVendors } from "../../api/vendors.ts";
import { Section } from "../../ui/section.tsx";
import type { DiffView } from "../../ui/diff.tsx";
import { ChangeCard } from "./change-card.tsx";
import { countedActions, type VendorChanges } from "./plan.ts";

interface VendorSectionProps {
  readonly tenant: string;
  readonly of: VendorChanges;
  readonly view: DiffView;
}

/** What is done in one vendor's account. */
export function VendorSection({ tenant, of: { vendor, loud, quiet }, view }: VendorSectionProps) {
  return (
    <Section
      title={`At ${useVendors(tenant).titleOf(vendor)}`}
      actions={<span className="text-sm text-ink-faint">{countedActions(loud)}</span>}
    >
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <ul className="divide-y divide-line">
          {loud.map((change) => (
            <ChangeCard key={`${change.address} ${change.slot} ${change.stage}`} change={change} view={view} />
          ))}
        </ul>
        {quiet.length > 0 && <Quiet addresses={quiet} />}
      </div>
    </Section>
  );
}

interface QuietVendorsProps {
  readonly tenant: string;
  readonly vendors: readonly VendorChanges[];
}

/** Accounts in which nothing is done. */
export const QuietVendors = ({ tenant, vendors }: QuietVendorsProps) => (
  <Section title="Where nothing changes">
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
      {vendors.map((of) => (
        <QuietVendor key={of.vendor} tenant={tenant} of={of} />
      ))}
    </ul>
  </Section>
);

const QuietVendor = ({ tenant, of: { vendor, quiet } }: Omit<VendorSectionProps, "view">) => (
  <li className="grid gap-x-6 gap-y-0.5 px-4 py-2.5 md:grid-cols-[13rem_minmax(0,1fr)]">
    <span className="font-medium">{useVendors(tenant).titleOf(vendor)}</span>
    <span className="font-mono text-sm text-ink-soft">{quiet.join(", ")}</span>
  </li>
);

const Quiet = ({ addresses }: { readonly addresses: readonly string[] }) => (
  <details className="border-t border-line px-4 py-2.5">
    <summary className="w-fit rounded-xs text-ink-soft hover:text-ink">
      {counted(addresses.length, "object stays as it is", "objects stay as they are")}
    </summary>
    <ul className="pt-2 pl-5">
      {addresses.map((address) => (
        <li key={address} className="font-mono text-sm text-ink-soft">
          {address}
        </li>
      ))}
    </ul>
  </details>
);
