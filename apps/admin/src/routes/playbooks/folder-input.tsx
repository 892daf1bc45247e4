import { counted } from "@tandem/kernel";
import { FolderOpen } from "lucide-react";
import { useId } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Spinner } from "../../ui/spinner.tsx";
import type { PlaybookFolder } from "./playbook-folder.ts";

interface FolderInputProps {
  readonly isBusy: boolean;
  readonly chosen: PlaybookFolder | null;
  readonly onChoose: (files: readonly File[]) => void;
}

/** The folder of a playbook from this machine. */
export function FolderInput({ isBusy, chosen, onChoose }: FolderInputProps) {
  const id = useId();
  const count = Object.keys(chosen?.files ?? {}).length;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-dashed border-edge px-4 py-4 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus">
      <label htmlFor={id} className={classNames(buttonClass("plain"), "cursor-pointer")}>
        {isBusy ? <Spinner /> : <FolderOpen className="size-4" aria-hidden="true" />}
        Choose a folder
      </label>
      <input
        id={id}
        type="file"
        multiple
        className="sr-only"
        ref={(element) => element?.setAttribute("webkitdirectory", "")}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = "";
          if (files.length > 0) onChoose(files);
        }}
      />
      <p className="min-w-0 flex-1 text-sm text-ink-soft">
        {chosen === null ? (
          <>
            With <code className="font-mono">manifest.yaml</code>, <code className="font-mono">prompts/</code> and{" "}
            <code className="font-mono">smoke/</code>.
          </>
        ) : (
          <>
            <b className="font-medium text-ink">{`${chosen.name ?? "unnamed"} ${chosen.version ?? ""}`}</b>
            {`, ${counted(count, "file")}`}
          </>
        )}
      </p>
    </div>
  );
}
