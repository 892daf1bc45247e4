-- What replays came to goes with the tenant whose calls they were.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['replay_session', 'replay'] LOOP
    EXECUTE format($p$CREATE POLICY erase ON %I TO tandem_eraser
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
        AND EXISTS (SELECT FROM tenant t WHERE t.id = tenant_id AND t.status = 'offboarded'))$p$, name);
    EXECUTE format('GRANT SELECT (tenant_id), DELETE ON %I TO tandem_eraser', name);
  END LOOP;
END
$$;
