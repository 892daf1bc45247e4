import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { sessionQuery } from "../../shell/session.ts";
import { SignInForm } from "../../shell/sign-in-form.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { GateSheet } from "./gate-sheet.tsx";
import { returnAddress } from "./return-address.ts";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const to = returnAddress(route.useSearch().return);
  const { history } = useRouter();
  const session = useQuery(sessionQuery);
  return (
    <Loaded of={session} skeleton={<GateSheet title="Sign in" />}>
      {({ signIn }) =>
        signIn.firstRun ? (
          <GateSheet
            title="Nobody has been here yet"
            lead="Open the link that `npm start` printed: it makes the first administrator, once."
          />
        ) : (
          <GateSheet title="Sign in">
            {signIn.provider && (
              <a className={buttonClass("main")} href={`/auth/login?return=${encodeURIComponent(to)}`}>
                Sign in with your organisation
              </a>
            )}
            {signIn.provider && signIn.local && (
              <p className="text-center text-sm text-ink-faint">or, for administrators of the platform</p>
            )}
            {signIn.local && <SignInForm onDone={() => history.push(to)} />}
          </GateSheet>
        )
      }
    </Loaded>
  );
}
