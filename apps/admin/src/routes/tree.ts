import { accessRoute } from "./access/routes.ts";
import { auditRoute } from "./audit/routes.ts";
import { callRoute, callsRoute } from "./calls/routes.ts";
import { configureRoute, newDeploymentRoute } from "./configure/routes.ts";
import { connectionRoute, connectionsRoute, newConnectionRoute } from "./connections/routes.ts";
import { deploymentRoute } from "./deployment/routes.ts";
import { fleetRoute, fleetsRoute, startFleetRoute } from "./fleet/routes.ts";
import { incidentRoute, incidentsRoute, latestIncidentsRoute } from "./incidents/routes.ts";
import { kpisRoute } from "./kpis/routes.ts";
import { overviewRoute } from "./overview/routes.ts";
import { planRoute } from "./plan/routes.ts";
import { playbookRoute, playbooksRoute } from "./playbooks/routes.ts";
import { rolloutRoute } from "./rollout/routes.ts";
import { frameRoute, rootRoute, tenantRoute } from "./root.tsx";
import { signedInRoute, signInRoute, welcomeRoute } from "./sign-in/routes.ts";

/** Every page of the UI. A new page is one line here and a `routes.ts` in its noun's folder. */
export const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute,
  welcomeRoute,
  frameRoute.addChildren([
    overviewRoute,
    latestIncidentsRoute,
    playbooksRoute,
    playbookRoute,
    fleetsRoute,
    startFleetRoute,
    fleetRoute,
    tenantRoute.addChildren([
      deploymentRoute,
      configureRoute,
      newDeploymentRoute,
      callsRoute,
      kpisRoute,
      planRoute,
      rolloutRoute,
      callRoute,
      connectionsRoute,
      newConnectionRoute,
      connectionRoute,
      incidentsRoute,
      incidentRoute,
      auditRoute,
      accessRoute,
    ]),
  ]),
]);
