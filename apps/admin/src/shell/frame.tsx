import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { Menu as MenuIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { startLive, useLiveState } from "../api/live.ts";
import { StatusDot } from "../ui/badge.tsx";
import { IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Toasts } from "../ui/toast.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { KeyHelp } from "./key-help.tsx";
import { Navigation } from "./navigation.tsx";
import { OfflineBar } from "./offline-bar.tsx";
import { SignInDialog } from "./sign-in-dialog.tsx";

/** What stands around every page of a signed-in person. */
export function Frame() {
  const client = useQueryClient();
  useEffect(() => startLive(client), [client]);
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-ink px-4 py-2 text-on-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        To the content
      </a>
      <PhoneBar />
      <div className="mx-auto flex max-w-[100rem]">
        <aside className="sticky top-0 flex h-dvh w-58 shrink-0 flex-col gap-6 border-r border-line p-3 max-lg:hidden">
          <Brand />
          <Navigation />
          <div className="mt-auto grid gap-1">
            <LiveSign />
            <AccountMenu />
          </div>
        </aside>
        <div className="min-w-0 flex-1">
          <OfflineBar />
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto max-w-[84rem] px-4 py-5 outline-none sm:px-6 lg:px-8 lg:py-7"
          >
            <Outlet />
          </main>
        </div>
      </div>
      <Toasts />
      <KeyHelp />
      <SignInDialog />
    </>
  );
}

const Brand = () => (
  <Link to="/" className="flex items-center gap-2.5 px-2 pt-1 text-lg font-semibold">
    <img src="/icon.svg" alt="" className="size-7" />
    Tandem
  </Link>
);

/** On narrow screens the navigation is behind a button. */
function PhoneBar() {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <header className="flex h-14 items-center justify-between border-b border-line bg-surface px-3 lg:hidden">
      <Brand />
      <IconButton label="Menu" icon={<MenuIcon className="size-5" />} onClick={() => setOpen(true)} />
      <Dialog isOpen={isOpen} onClose={close} title="Where to?" width="narrow">
        <div className="grid gap-5">
          <Navigation onGo={close} />
          <div className="border-t border-line pt-3">
            <AccountMenu />
          </div>
        </div>
      </Dialog>
    </header>
  );
}

/** Whether what is shown follows changes by itself. */
function LiveSign() {
  const state = useLiveState();
  const isOpen = state === "open";
  return (
    <p className="px-2.5 text-sm text-ink-faint">
      <StatusDot tone={isOpen ? "good" : "neutral"}>{isOpen ? "Live" : "Read every few seconds"}</StatusDot>
    </p>
  );
}
