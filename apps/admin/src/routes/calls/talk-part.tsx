import { Headset } from "lucide-react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { useWrite } from "../../api/write.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { OutsideLink } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import type { Slot } from "../../ui/slot-badge.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import { useNow } from "../../ui/use-now.ts";

interface TalkPartProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly slot: Slot;
  readonly disabledBecause: string | null;
}

/** A talk with a slot by microphone and speaker: an address that is good for one call opens in a tab of its own. */
export function TalkPart({ tenant, deployment, slot, disabledBecause }: TalkPartProps) {
  const make = useWrite({
    tenant,
    send: (body: Schemas["MakeTalkLink"], idempotencyKey) =>
      api.post("/v1/deployments/{reference}/talk-links", {
        tenant,
        path: { reference: deployment },
        body,
        idempotencyKey,
      }),
    done: ({ address }) => void (address !== null && window.open(address, "_blank", "noopener")),
  });
  return (
    <div className="grid gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="max-w-prose text-ink-soft">
          Or talk with it yourself, in this browser, by microphone. It counts in no KPI either; what it writes at a
          vendor is real, and marked as a test.
        </p>
        <Button
          icon={<Headset className="size-4" aria-hidden="true" />}
          disabledBecause={disabledBecause}
          isBusy={make.isPending}
          onClick={() => make.mutate({ slot })}
        >
          Talk to {slot}
        </Button>
      </div>
      {make.error !== null && <ProblemNote problem={make.error} />}
      {make.data !== undefined && <Address link={make.data} />}
    </div>
  );
}

/** The address as text, for another device or a browser that opens no tabs, for as long as it is good. */
function Address({ link: { address, expiresAt } }: { readonly link: Schemas["TalkLink"] }) {
  const leftMs = Date.parse(expiresAt) - useNow(true);
  if (address === null || leftMs <= 0)
    return (
      <Note tone="neutral" title="This address is no longer good">
        Each is good for one call within a minute. Ask for another one.
      </Note>
    );
  return (
    <div className="grid gap-1">
      <div className="flex items-center gap-2 rounded-lg border border-line bg-sunken p-2 pl-3">
        <OutsideLink href={address} className="min-w-0 flex-1 truncate font-mono text-sm">
          {address}
        </OutsideLink>
        <CopyButton text={address} label="Copy the address to talk at" />
      </div>
      <p className="text-sm text-ink-faint">
        It has opened in a new tab. Good for one call, begun within{" "}
        <span className="tabular-nums">{formatDuration(Math.ceil(leftMs / 1000) * 1000)}</span>.
      </p>
    </div>
  );
}
