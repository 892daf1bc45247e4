import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { ButtonLink } from "../ui/link.tsx";
import { Page, PageHeader } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../ui/states.tsx";

/** A page that failed; the frame around it stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { reset: resetQueries } = useQueryErrorResetBoundary();
  const retry = (): void => {
    resetQueries();
    reset();
    void router.invalidate();
  };
  return (
    <Page>
      <PageHeader title="This page could not be shown" />
      <ErrorState error={error} onRetry={retry} />
    </Page>
  );
}

export const RoutePending = () => (
  <div aria-busy="true" className="pt-1">
    <SkeletonLines count={4} />
  </div>
);

export const NotFound = () => (
  <Page>
    <PageHeader title="There is nothing here" />
    <EmptyState title="This address leads nowhere" actions={<ButtonLink to="/">To the overview</ButtonLink>}>
      It may belong to something that has been removed, or to another tenant.
    </EmptyState>
  </Page>
);
