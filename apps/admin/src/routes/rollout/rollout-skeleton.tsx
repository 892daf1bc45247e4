import { Skeleton, SkeletonLines } from "../../ui/skeleton.tsx";

/** The page's outline before it is known. */
export const RolloutSkeleton = () => (
  <div className="grid gap-6">
    <div className="grid gap-2.5">
      <Skeleton width="9rem" />
      <Skeleton width="22rem" height="1.5rem" />
      <Skeleton width="16rem" />
    </div>
    <Skeleton height="7rem" />
    <Skeleton height="4rem" />
    <SkeletonLines count={6} />
  </div>
);
