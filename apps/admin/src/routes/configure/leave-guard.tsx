import { counted } from "@tandem/kernel";
import { useBlocker } from "@tanstack/react-router";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";

/** Asks before a page with unsaved changes is left; moving within the page goes on. */
export function LeaveGuard({ deployment, count }: { readonly deployment: string; readonly count: number }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => count > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: false, // a reload finds the changes again
    withResolver: true,
  });
  return (
    <ConfirmDialog
      isOpen={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={`Leave ${deployment} without saving?`}
      consequences={`${counted(count, "change is", "changes are")} not saved. They stay in this tab for when you come back, and nobody else sees them.`}
      action="Leave"
      onConfirm={() => blocker.proceed?.()}
    />
  );
}
