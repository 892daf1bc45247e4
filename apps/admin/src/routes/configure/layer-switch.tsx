import { useId } from "react";
import { getRouteApi } from "@tanstack/react-router";
import { Select } from "../../ui/input.tsx";
import type { Layer } from "./form-field.ts";

const route = getRouteApi("/frame/t/$tenant/d/$deployment/configure");

interface LayerSwitchProps {
  readonly layer: Layer;
  readonly deployment: string;
  readonly tenantName: string;
  readonly playbook: string;
}

/** For whom a change counts: this deployment, or all of the tenant's with the same playbook. */
export function LayerSwitch({ layer, deployment, tenantName, playbook }: LayerSwitchProps) {
  const id = useId();
  const navigate = route.useNavigate();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <label htmlFor={id} className="text-ink-soft">
        Changes count for
      </label>
      <div className="w-full max-w-md">
        <Select
          id={id}
          value={layer}
          onChange={({ target }) =>
            void navigate({
              search: (before) => ({ ...before, layer: target.value === "tenant" ? "tenant" : undefined }),
              replace: true,
            })
          }
        >
          <option value="deployment">{deployment} only</option>
          <option value="tenant">
            every {playbook} deployment of {tenantName}
          </option>
        </Select>
      </div>
    </div>
  );
}
