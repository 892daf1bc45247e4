import { Link } from "@tanstack/react-router";
import { BookOpen, Cable, KeyRound, LayoutList, type LucideIcon, ScrollText, Siren, Waves } from "lucide-react";
import type { ReactNode } from "react";
import { useCurrentTenant } from "./current-tenant.ts";
import { usePlatformRefusal } from "./permission.ts";
import { TenantSwitcher } from "./tenant-switcher.tsx";

const ROW =
  "flex min-h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-ink-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:ring-1 aria-[current=page]:ring-line";

const Row = ({ icon: Icon, children }: { readonly icon: LucideIcon; readonly children: ReactNode }) => (
  <>
    <Icon className="size-4" aria-hidden="true" />
    {children}
  </>
);

/** Where one can go; the words are the glossary's. */
export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  const tenant = useCurrentTenant();
  const platformRefusal = usePlatformRefusal("platform");
  return (
    <nav
      aria-label="Main"
      className="grid gap-5"
      onClickCapture={onGo === undefined ? undefined : closeAfterLink(onGo)}
    >
      <div className="grid gap-0.5">
        <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className={ROW}>
          <Row icon={LayoutList}>Overview</Row>
        </Link>
        <Link to="/playbooks" className={ROW}>
          <Row icon={BookOpen}>Playbooks</Row>
        </Link>
        {platformRefusal === null && (
          <Link to="/fleet" className={ROW}>
            <Row icon={Waves}>Fleet rollouts</Row>
          </Link>
        )}
      </div>
      <div className="grid gap-0.5">
        <div className="pb-1.5">
          <p className="px-2.5 pb-1 text-xs font-medium text-ink-faint">Tenant</p>
          <TenantSwitcher />
        </div>
        {tenant !== null && (
          <>
            <Link to="/t/$tenant/incidents" params={{ tenant }} className={ROW}>
              <Row icon={Siren}>Incidents</Row>
            </Link>
            <Link to="/t/$tenant/connections" params={{ tenant }} className={ROW}>
              <Row icon={Cable}>Connections</Row>
            </Link>
            <Link to="/t/$tenant/audit" params={{ tenant }} className={ROW}>
              <Row icon={ScrollText}>Audit</Row>
            </Link>
            <Link to="/t/$tenant/access" params={{ tenant }} className={ROW}>
              <Row icon={KeyRound}>Access</Row>
            </Link>
          </>
        )}
      </div>
    </nav>
  );
}

const closeAfterLink =
  (close: () => void) =>
  (event: { target: EventTarget }): void => {
    if (event.target instanceof Element && event.target.closest("a") !== null) close();
  };
