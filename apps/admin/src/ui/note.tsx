import { CircleCheck, Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

const LOOKS: Readonly<Record<Tone, { box: string; sign: string; icon: typeof Info }>> = {
  neutral: { box: "border-line bg-sunken", sign: "text-ink-soft", icon: Info },
  good: { box: "border-transparent bg-good-fill", sign: "text-good", icon: CircleCheck },
  warn: { box: "border-transparent bg-warn-fill", sign: "text-warn", icon: TriangleAlert },
  bad: { box: "border-transparent bg-bad-fill", sign: "text-bad", icon: OctagonAlert },
  busy: { box: "border-transparent bg-busy-fill", sign: "text-busy", icon: Info },
};

interface NoteProps {
  readonly tone?: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  /** Read out at once: something has just failed. */
  readonly isAlert?: boolean;
  readonly actions?: ReactNode;
}

/** A passage that stands out: a warning, a refusal, an explanation. */
export function Note({ tone = "neutral", title, children, isAlert = false, actions }: NoteProps) {
  const { box, sign, icon: Icon } = LOOKS[tone];
  return (
    <div
      role={isAlert ? "alert" : undefined}
      className={classNames("flex flex-wrap gap-3 rounded-lg border px-4 py-3", box)}
    >
      <Icon className={classNames("mt-0.5 size-4.5 shrink-0", sign)} aria-hidden="true" />
      <div className="min-w-[min(16rem,75%)] flex-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        {children}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2 self-start">{actions}</div>}
    </div>
  );
}
