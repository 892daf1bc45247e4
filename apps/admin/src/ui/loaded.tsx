import type { ReactNode } from "react";
import { SkeletonLines } from "./skeleton.tsx";
import { ErrorState } from "./states.tsx";

/** The part of a query's result that a screen needs. */
export interface Loadable<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

export interface LoadedProps<T> {
  readonly of: Loadable<T>;
  /** In the shape and size of what is coming. */
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/**
 * What has been read, or its skeleton, or why not with another try. What is there already stays when reading it anew fails: the offline
 * bar tells that it may be old.
 */
export function Loaded<T>({ of: { data, error, refetch }, skeleton, children }: LoadedProps<T>) {
  if (data !== undefined) return children(data);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <div aria-busy="true">{skeleton ?? <SkeletonLines />}</div>;
}
