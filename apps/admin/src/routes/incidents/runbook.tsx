import { useQuery } from "@tanstack/react-query";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { blocksOf, spansOf } from "./runbook-text.ts";
import { runbook } from "./runbooks.ts";
import { type StackName, stackTitles } from "./words.ts";

/** What to look at in a stack, and when to roll back: beside the work. */
export function Runbook({ stack }: { readonly stack: StackName }) {
  const text = useQuery({ queryKey: ["runbook", stack], queryFn: () => runbook(stack), staleTime: Infinity });
  return (
    <Section title={`Runbook: ${stackTitles[stack].toLowerCase()}`}>
      <Loaded of={text} skeleton={<SkeletonLines count={8} />}>
        {(markdown) => (
          <div className="grid gap-3 rounded-lg border border-line bg-surface p-4 text-sm">
            {blocksOf(markdown).map((block, index) =>
              block.kind === "steps" ? (
                <ol key={index} className="grid list-decimal gap-2 pl-5 marker:text-ink-faint">
                  {block.items.map((item) => (
                    <li key={item}>
                      <Spans text={item} />
                    </li>
                  ))}
                </ol>
              ) : (
                <p key={index} className="text-ink-soft">
                  <Spans text={block.text} />
                </p>
              ),
            )}
          </div>
        )}
      </Loaded>
    </Section>
  );
}

const Spans = ({ text }: { readonly text: string }) => (
  <>
    {spansOf(text).map((span, index) =>
      span.kind === "code" ? (
        <code key={index} className="rounded-xs bg-sunken px-1 font-mono text-[0.92em] text-ink">
          {span.text}
        </code>
      ) : span.kind === "strong" ? (
        <strong key={index} className="font-semibold text-ink">
          {span.text}
        </strong>
      ) : (
        span.text
      ),
    )}
  </>
);
