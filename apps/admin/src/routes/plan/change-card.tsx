import { counted } from "@tandem/kernel";
import { Badge } from "../../ui/badge.tsx";
import type { DiffView } from "../../ui/diff.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Mono } from "../../ui/code.tsx";
import { SlotBadge } from "../../ui/slot-badge.tsx";
import type { Tone } from "../../ui/tone.ts";
import { FieldChanges } from "./field-changes.tsx";
import type { Change } from "./plan.ts";

const ACTIONS: Readonly<Record<Change["action"], { sign: string; word: string; ink: string }>> = {
  create: { sign: "+", word: "create", ink: "text-good" },
  update: { sign: "~", word: "update", ink: "text-warn" },
  replace: { sign: "±", word: "replace", ink: "text-warn" },
  delete: { sign: "−", word: "delete", ink: "text-bad" },
  "no-op": { sign: "=", word: "leave as it is", ink: "text-ink-faint" },
};
const WHEN = { apply: "", attach: " at the switch", retire: " after bake" } as const;
const RISKS: Readonly<Record<Change["risk"], Tone>> = { none: "neutral", low: "neutral", medium: "warn", high: "bad" };
const REVERSIBLE = {
  yes: "reversible",
  "until-retire": "undone by rollback",
  "until-switch": "stays after the switch",
  no: "cannot be undone",
} as const;
/** More fields than this begin folded. */
const MANY = 12;

/** One object at a vendor: what is done with it, why, and what could go wrong. */
export function ChangeCard({ change, view }: { readonly change: Change; readonly view: DiffView }) {
  const { address, action, stage, slot, owner, reason, risk, reversible, fields } = change;
  const { sign, word, ink } = ACTIONS[action];
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="inline-flex min-w-0 items-baseline gap-2">
          <span aria-hidden="true" className={classNames("w-3 shrink-0 text-center font-mono font-bold", ink)}>
            {sign}
          </span>
          <span className="font-medium">
            <Mono>{address}</Mono>
          </span>
        </span>
        <span className={classNames("font-medium", ink)}>{`${word}${WHEN[stage]}`}</span>
        {slot !== null && <SlotBadge slot={slot} />}
        {owner === "connection" && <span className="text-sm text-ink-faint">shared in the account</span>}
        {action !== "no-op" && (
          <span className="ml-auto inline-flex flex-wrap gap-2 max-sm:ml-5">
            <Badge tone={RISKS[risk]}>{risk === "none" ? "no risk" : `${risk} risk`}</Badge>
            <Badge tone={reversible === "no" ? "bad" : "neutral"}>{REVERSIBLE[reversible]}</Badge>
          </span>
        )}
      </div>
      <div className="grid gap-3 pl-5">
        <p className="text-ink-soft">{reason.text}</p>
        {fields.length > 0 && (
          <details open={fields.length <= MANY}>
            <summary className="w-fit rounded-xs text-sm text-ink-soft hover:text-ink">
              {counted(fields.length, "field")}
            </summary>
            <div className="pt-2.5">
              <FieldChanges changes={fields} view={view} />
            </div>
          </details>
        )}
      </div>
    </li>
  );
}
