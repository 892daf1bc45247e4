import { classNames } from "./class-names.ts";

export interface SkeletonProps {
  /** As CSS; the whole width when left out. */
  readonly width?: string;
  readonly height?: string;
  readonly className?: string;
}

/** Grey in the place and size of what is coming, so that nothing moves when it comes. */
export const Skeleton = ({ width, height = "0.75rem", className }: SkeletonProps) => (
  <span
    aria-hidden="true"
    className={classNames("block animate-pulse rounded-sm bg-line", className)}
    style={{ width, height }}
  />
);

/** Several lines of it, for a passage or a card. */
export const SkeletonLines = ({ count = 3 }: { readonly count?: number }) => (
  <div className="grid gap-2.5 py-1">
    {Array.from({ length: count }, (_, index) => (
      <Skeleton key={index} width={`${90 - ((index * 23) % 45)}%`} />
    ))}
    <span className="sr-only">Loading</span>
  </div>
);
