import type { ReactNode } from "react";
import { Code } from "../ui/code.tsx";
import { Loaded, type Loadable } from "../ui/loaded.tsx";
import { Page, PageHeader } from "../ui/page.tsx";

interface RecordPageProps {
  readonly title: string;
  readonly trail?: ReactNode;
  readonly of: Loadable<unknown>;
}

/** Something as the API tells it, for what has no page of its own making. */
export const RecordPage = ({ title, trail, of }: RecordPageProps) => (
  <Page>
    <PageHeader title={title} trail={trail} />
    <Loaded of={of}>{(record) => <Code label={title} text={JSON.stringify(record, null, 2)} />}</Loaded>
  </Page>
);
