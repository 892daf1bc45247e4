-- The live rollout of a deployment is found by its own index, and an ended one by its open cleaning steps: what it costs does not grow
-- with the rollouts that a deployment has had, nor with what else its tenant has open.
CREATE INDEX step_open_cleanup ON step (tenant_id, rollout_id) WHERE stage = 'cleanup' AND state IN ('pending', 'intent');

CREATE OR REPLACE FUNCTION workable_rollout(p_tenant uuid, p_deployment uuid) RETURNS SETOF rollout LANGUAGE sql STABLE AS $$
  SELECT l.* FROM rollout l
  WHERE l.tenant_id = p_tenant AND l.deployment_id = p_deployment AND l.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
  UNION ALL
  (SELECT r.* FROM rollout r
   WHERE r.tenant_id = p_tenant AND r.deployment_id = p_deployment AND r.phase IN ('succeeded', 'aborted', 'rolled-back', 'failed')
     AND NOT EXISTS (SELECT FROM rollout l WHERE l.tenant_id = p_tenant AND l.deployment_id = p_deployment
                     AND l.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed'))
     AND r.id IN (SELECT s.rollout_id FROM step s
                  WHERE s.tenant_id = p_tenant AND s.stage = 'cleanup' AND s.state IN ('pending', 'intent'))
   ORDER BY r.id DESC LIMIT 1)
$$;
