import { Upload } from "lucide-react";
import { useState } from "react";
import { usePlatformRefusal, useRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { PublishDialog } from "./publish-dialog.tsx";

/** Publishing into the tenant's own playbooks, or into the library for whoever may. */
export const PublishButton = ({ tenant }: { readonly tenant: string | undefined }) =>
  tenant === undefined ? <OfPlatform /> : <OfTenant tenant={tenant} />;

function OfTenant({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "publish");
  const mayLibrary = usePlatformRefusal("publish") === null;
  return <Opening tenant={tenant} mayLibrary={mayLibrary} refusal={mayLibrary ? null : refusal} />;
}

function OfPlatform() {
  const refusal = usePlatformRefusal("publish");
  return <Opening tenant={undefined} mayLibrary={refusal === null} refusal={refusal} />;
}

interface OpeningProps {
  readonly tenant: string | undefined;
  readonly mayLibrary: boolean;
  readonly refusal: string | null;
}

function Opening({ tenant, mayLibrary, refusal }: OpeningProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        look="main"
        icon={<Upload className="size-4" aria-hidden="true" />}
        disabledBecause={refusal}
        onClick={() => setOpen(true)}
      >
        Publish a version
      </Button>
      {isOpen && <PublishDialog tenant={tenant} mayLibrary={mayLibrary} onClose={() => setOpen(false)} />}
    </>
  );
}
