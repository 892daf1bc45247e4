-- A worker reads the voices of a connection's account; the newest answer is what forms offer.
ALTER TABLE command
  DROP CONSTRAINT command_kind_check,
  ADD CONSTRAINT command_kind_check CHECK (kind IN ('plan', 'drift', 'test-connection', 'test-call', 'list-voices'));
CREATE INDEX command_voices ON command (tenant_id, subject_id, id) WHERE kind = 'list-voices';
