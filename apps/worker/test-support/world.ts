// The store's own short ways to tenants, deployments and rollouts, on a real database.
export {
  newDeployment,
  newTenant,
  openWorld,
  type Served,
  startRollout,
  type World,
} from "../../../libs/store/test-support/world.ts";
