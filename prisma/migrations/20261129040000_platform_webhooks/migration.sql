-- The platform has endpoints of its own: they are told of what is the platform's, such as fleet rollouts.
DO $$
DECLARE
  name text;
  own constant text := $p$(tenant_id = '00000000-0000-4000-8000-000000000000'
    AND tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoint', 'webhook_secret', 'webhook_message', 'webhook_delivery', 'outbox'] LOOP
    EXECUTE format('CREATE POLICY platform_own ON %I TO tandem_platform USING %s WITH CHECK %s', name, own, own);
  END LOOP;
  -- What a delivery came to, and that an endpoint is off: the latter with its row in the platform's chain, which only this role writes for a worker.
  FOREACH name IN ARRAY ARRAY['webhook_endpoint', 'webhook_delivery'] LOOP
    EXECUTE format('CREATE POLICY of_platform ON %I TO tandem_fleet USING %s WITH CHECK %s', name, own, own);
  END LOOP;
END
$$;
GRANT SELECT, INSERT ON webhook_endpoint TO tandem_platform;
GRANT UPDATE (url, url_by, host, description, events, links_for, links_by, state, failing_since, removed_at)
  ON webhook_endpoint TO tandem_platform;
GRANT INSERT ON webhook_secret TO tandem_platform;
GRANT SELECT (tenant_id, endpoint_id, version, key_id, created_at, created_by, ends_at), UPDATE (ends_at) ON webhook_secret TO tandem_platform;
GRANT SELECT ON webhook_message TO tandem_platform;
GRANT SELECT, UPDATE (state, attempts, due_at, finished_at) ON webhook_delivery TO tandem_platform;
GRANT INSERT (tenant_id, id, kind, payload) ON outbox TO tandem_platform;
GRANT SELECT (tenant_id, id, state, failing_since), UPDATE (state, failing_since) ON webhook_endpoint TO tandem_fleet;
GRANT SELECT (tenant_id, endpoint_id, message_id, claimed_by, intent_at, outcomes, finished_at),
  UPDATE (state, claimed_by, claimed_until, outcomes, due_at, finished_at) ON webhook_delivery TO tandem_fleet;
