import { counted } from "@tandem/kernel";
import { StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import type { Tone } from "../../ui/tone.ts";
import { type Comparison, limitOf, MEASURES, measureText } from "./measures.ts";
import type { Rollout } from "./words.ts";

const TONES: Readonly<Record<Comparison["state"], Tone>> = {
  passed: "good",
  breached: "bad",
  open: "busy",
  shown: "neutral",
};
const WORDS: Readonly<Record<Comparison["state"], string>> = {
  passed: "no worse",
  breached: "worse",
  open: "not told yet",
  shown: "not judged",
};

interface ComparisonsProps {
  readonly comparisons: readonly Comparison[];
  readonly policy: Rollout["policy"]["evidence"];
}

/** Every measure of both releases with its calls, the worst that is allowed, and how its test stands. */
export function Comparisons({ comparisons, policy }: ComparisonsProps) {
  const floor = policy?.minCalls ?? null;
  return (
    <div className="grid gap-2">
      <ScrollBox label="Measures">
        <table className="w-full min-w-144 border-collapse text-left">
          <thead>
            <tr className="h-9 border-b border-line text-sm text-ink-faint">
              <th scope="col" className="px-4 font-medium">
                Measure
              </th>
              <th scope="col" className="px-3 text-right font-medium">
                New release
              </th>
              <th scope="col" className="px-3 text-right font-medium">
                Before
              </th>
              <th scope="col" className="px-3 text-right font-medium">
                Allowed
              </th>
              <th scope="col" className="w-36 px-4 font-medium">
                Test
              </th>
            </tr>
          </thead>
          <tbody>
            {comparisons.map((each) => (
              <tr key={each.metric} className="h-12 border-b border-line last:border-b-0">
                <th scope="row" className="px-4 font-medium" title={MEASURES[each.metric].meaning}>
                  {MEASURES[each.metric].name}
                </th>
                <Side
                  text={measureText(each.metric, each.candidate)}
                  samples={each.candidateSamples}
                  floor={floor}
                  isBad={each.state === "breached"}
                />
                <Side text={measureText(each.metric, each.baseline)} samples={each.baselineSamples} floor={floor} />
                <td className="px-3 text-right tabular-nums">
                  <Limit comparison={each} policy={policy} />
                </td>
                <td className="px-4">
                  <StatusDot tone={TONES[each.state]}>{WORDS[each.state]}</StatusDot>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {policy !== undefined && (
        <p className="text-sm text-ink-faint">
          Verdicts from {counted(policy.minCalls, "call")} of each side on. The tests may be looked at any time: a
          release that is as good is called worse in {per(policy.falseBreachRate)} of watches, one that is worse by the
          margin passes in {per(policy.falsePassRate)}.
        </p>
      )}
    </div>
  );
}

const per = (rate: number): string => `${Number((rate * 100).toFixed(2))} %`;

interface SideProps {
  readonly text: string;
  readonly samples: number;
  readonly floor: number | null;
  readonly isBad?: boolean;
}

/** A value over its calls; below the floor it says how many are wanted. */
const Side = ({ text, samples, floor, isBad = false }: SideProps) => (
  <td className="px-3 py-1.5 text-right tabular-nums">
    <span className={classNames("block font-medium", isBad && "text-bad")}>{text}</span>
    <span className="block text-sm whitespace-nowrap text-ink-faint">
      {floor !== null && samples < floor ? `${samples} of ${counted(floor, "call")}` : counted(samples, "call")}
    </span>
  </td>
);

function Limit({
  comparison: { metric, baseline },
  policy,
}: {
  readonly comparison: Comparison;
  readonly policy: ComparisonsProps["policy"];
}) {
  const margin = policy?.margins[metric];
  if (margin === undefined) return <span className="text-ink-faint">–</span>;
  const limit = limitOf(metric, baseline, policy);
  return (
    <>
      {limit !== null && (
        <span className="block">
          {MEASURES[metric].isMoreBetter ? "≥" : "≤"} {measureText(metric, limit)}
        </span>
      )}
      <span className="block text-sm whitespace-nowrap text-ink-faint">{per(margin)} worse</span>
    </>
  );
}
