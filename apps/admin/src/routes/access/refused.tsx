import { EmptyState } from "../../ui/states.tsx";

/** A part that the reader's roles do not show. */
export const Refused = ({ what, because }: { readonly what: string; readonly because: string }) => (
  <EmptyState title={`${what} are for those who look after this tenant`}>
    {because}. A tenant admin can change that.
  </EmptyState>
);
