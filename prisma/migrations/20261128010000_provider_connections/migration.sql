-- A deployment also names the account behind each provider of its chains: `provider.<name>`.
ALTER TABLE deployment_connection
  DROP CONSTRAINT deployment_connection_role_check,
  ADD CONSTRAINT deployment_connection_role_check CHECK (
    role IN ('telephony', 'voiceAgent', 'calendar', 'crm')
    OR role ~ '^provider\.[a-z][a-z0-9]{0,39}(-[a-z0-9]{1,39}){0,4}$'
  );
