-- While workers of two engine versions run, the earlier one claims no deployment whose work a later one began: to it the lease is
-- taken. A worker says its major version with each claim; one that says none is of version 1.
CREATE FUNCTION leave_to_later_engines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM rollout r
    WHERE r.tenant_id = NEW.tenant_id AND r.deployment_id = NEW.id
      AND split_part(r.engine_version, '.', 1)::integer
        > split_part(coalesce(NULLIF(current_setting('app.engine_version', true), ''), '1'), '.', 1)::integer
      AND (
        r.phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
        OR EXISTS (
          SELECT FROM step s
          WHERE s.tenant_id = r.tenant_id AND s.rollout_id = r.id AND s.stage = 'cleanup' AND s.state IN ('pending', 'intent')))
  ) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claims_by_engine BEFORE UPDATE OF lease_owner ON deployment FOR EACH ROW
  WHEN (NEW.lease_owner IS NOT NULL AND NEW.lease_epoch <> OLD.lease_epoch) EXECUTE FUNCTION leave_to_later_engines();
