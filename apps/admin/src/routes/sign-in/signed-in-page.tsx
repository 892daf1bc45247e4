import { useEffect } from "react";
import { GateSheet } from "./gate-sheet.tsx";

/** The second tab of a sign-in at the provider: the first one has noticed by itself. */
export function SignedInPage() {
  useEffect(() => window.close(), []);
  return <GateSheet title="You are signed in" lead="Close this tab and go on in the other one." />;
}
