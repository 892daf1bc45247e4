import type { FleetDraft } from "./fleet-draft.ts";

/** What each part of the form works with. */
export interface PartProps {
  readonly draft: FleetDraft;
  /** What is wrong at a place of the request, e.g. `/limits/budget`: found here, or said by the server. */
  readonly at: (path: string) => string | null;
  readonly onChange: (part: Partial<FleetDraft>) => void;
}
