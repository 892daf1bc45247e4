import { queryOptions } from "@tanstack/react-query";
import { api, type Versioned } from "../../api/client.ts";
import type { BodyOf } from "../../api/operation.ts";
import type { ApiKey } from "../../api/query.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import type { Draft } from "./draft.ts";
import type { Layer } from "./form-field.ts";

/** What is edited, and where it is read and written. */
export interface LayerOf {
  readonly tenant: string;
  readonly deployment: string;
  readonly playbook: string;
  readonly layer: Layer;
}

const deploymentPath = "/v1/deployments/{reference}/configuration";
const overlayPath = "/v1/overlays/{playbook}";

/** The stored draft with the ETag that its next version must name. */
export const layerQuery = (of: LayerOf) =>
  queryOptions({
    queryKey: keyOf(of),
    queryFn: async ({ signal }): Promise<Versioned<Draft>> => {
      const { tenant, deployment, playbook, layer } = of;
      if (layer === "tenant")
        return ofOverlay(await api.versioned(overlayPath, { tenant, path: { playbook }, signal }));
      return ofDeployment(await api.versioned(deploymentPath, { tenant, path: { reference: deployment }, signal }));
    },
  });

const keyOf = ({ tenant, deployment, playbook, layer }: LayerOf): ApiKey =>
  layer === "tenant"
    ? ["api", tenant, overlayPath, { path: { playbook }, draft: true }]
    : ["api", tenant, deploymentPath, { path: { reference: deployment }, draft: true }];

const ofDeployment = ({ body, etag }: Versioned<Schemas["Configuration"]>): Versioned<Draft> => ({
  body: { number: body.number, connections: body.connections, overlay: body.overlay },
  etag,
});
const ofOverlay = ({ body, etag }: Versioned<Schemas["Overlay"]>): Versioned<Draft> => ({
  body: { number: null, connections: {}, overlay: body.values },
  etag,
});

/** Stores it; what has been stored, with its new ETag. Fails with `precondition_failed` when somebody was faster. */
export async function storeLayer(of: LayerOf, draft: Draft, ifMatch: string): Promise<Versioned<Draft>> {
  const { tenant, deployment, playbook, layer } = of;
  if (layer === "tenant") {
    const body = { values: draft.overlay };
    const stored = await api.put(overlayPath, { tenant, path: { playbook }, body, ifMatch });
    return ofOverlay({ body: stored, etag: `"${stored.version}"` });
  }
  const stored = await api.put(deploymentPath, { tenant, path: { reference: deployment }, body: draft, ifMatch });
  return ofDeployment({ body: stored, etag: `"${stored.configVersion}"` });
}

/** What the check of a draft sends. */
export const checkBody = (
  layer: Layer,
  { number, connections, overlay }: Draft,
): BodyOf<"post", "/v1/deployments/{reference}/configuration/validate"> =>
  layer === "tenant" ? { tenantOverlay: overlay } : { number, connections, overlay };
