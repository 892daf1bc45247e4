import { Page, PageHeader } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";

/** The page in grey, in the size of what is coming. */
export const DeploymentSkeleton = ({ name }: { readonly name: string }) => (
  <Page>
    <PageHeader title={name} trail={<Skeleton width="8rem" height="1.25rem" />} lead={<Skeleton width="16rem" />} />
    <Skeleton height="1.4rem" width="14rem" className="-mt-3" />
    <Skeleton height="2rem" />
    <div className="grid gap-3 sm:grid-cols-2">
      <Skeleton height="14.5rem" className="rounded-lg" />
      <Skeleton height="14.5rem" className="rounded-lg" />
    </div>
    <Skeleton height="16rem" className="rounded-lg" />
  </Page>
);
