-- Persons sign in and are members of tenants. Persons and their sessions are the platform's rows; what they may do is a tenant's row.
CREATE TABLE "person" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "issuer" TEXT,
    "subject" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "membership" (
    "tenant_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "roles" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id","person_id","source")
);
CREATE TABLE "person_session" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "user_agent" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_session_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "person_invitation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "email" TEXT,
    "roles" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by" UUID,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_invitation_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "person_id_key" ON "person"("id");
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");
CREATE UNIQUE INDEX "person_issuer_subject_key" ON "person"("issuer", "subject");
CREATE INDEX "membership_person_id_idx" ON "membership"("person_id");
CREATE UNIQUE INDEX "person_session_id_key" ON "person_session"("id");
CREATE UNIQUE INDEX "person_session_token_hash_key" ON "person_session"("token_hash");
CREATE INDEX "person_session_person_id_idx" ON "person_session"("person_id");
CREATE UNIQUE INDEX "person_invitation_id_key" ON "person_invitation"("id");
CREATE UNIQUE INDEX "person_invitation_token_hash_key" ON "person_invitation"("token_hash");
CREATE INDEX "person_invitation_email_idx" ON "person_invitation"("email");
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "membership" ADD CONSTRAINT "membership_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "person_session" ADD CONSTRAINT "person_session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "person_invitation" ADD CONSTRAINT "person_invitation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE person
  ADD CHECK (tenant_id = '00000000-0000-4000-8000-000000000000'),
  ADD CHECK (email = lower(email)),
  ADD CHECK ((issuer IS NULL) = (subject IS NULL));
ALTER TABLE person_session ADD CHECK (tenant_id = '00000000-0000-4000-8000-000000000000');
ALTER TABLE membership
  ADD CHECK (source IN ('member', 'provider', 'break-glass')),
  ADD CHECK ((source = 'break-glass') = (expires_at IS NOT NULL)),
  ADD CHECK (NOT 'platform-admin' = ANY (roles) OR tenant_id = '00000000-0000-4000-8000-000000000000');
ALTER TABLE person_invitation
  ADD CHECK (email = lower(email)),
  ADD CHECK (email IS NOT NULL OR tenant_id = '00000000-0000-4000-8000-000000000000'),
  ADD CHECK (NOT 'platform-admin' = ANY (roles) OR tenant_id = '00000000-0000-4000-8000-000000000000');

DO $$
DECLARE
  name text;
  own constant text := $p$(tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)$p$;
BEGIN
  FOREACH name IN ARRAY ARRAY['person', 'membership', 'person_session', 'person_invitation'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY access ON %I TO tandem_access USING (true) WITH CHECK (true)', name);
  END LOOP;
  -- A tenant gives and takes its own memberships and never the platform's.
  FOREACH name IN ARRAY ARRAY['membership', 'person_invitation'] LOOP
    EXECUTE format('CREATE POLICY tenant_own ON %I TO tandem_app USING %s WITH CHECK %s', name, own, own);
    EXECUTE format(
      $p$CREATE POLICY not_as_platform ON %I AS RESTRICTIVE FOR INSERT TO tandem_app
         WITH CHECK (tenant_id <> '00000000-0000-4000-8000-000000000000')$p$, name);
    EXECUTE format(
      $p$CREATE POLICY not_of_platform ON %I AS RESTRICTIVE FOR UPDATE TO tandem_app
         USING (tenant_id <> '00000000-0000-4000-8000-000000000000')$p$, name);
    EXECUTE format(
      $p$CREATE POLICY not_from_platform ON %I AS RESTRICTIVE FOR DELETE TO tandem_app
         USING (tenant_id <> '00000000-0000-4000-8000-000000000000')$p$, name);
    EXECUTE format($p$CREATE POLICY erase ON %I TO tandem_eraser
      USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid
        AND EXISTS (SELECT FROM tenant t WHERE t.id = tenant_id AND t.status = 'offboarded'))$p$, name);
    EXECUTE format('GRANT SELECT (tenant_id), DELETE ON %I TO tandem_eraser', name);
  END LOOP;
  -- Sign-ins and memberships are accounted for in the chain of the tenant whose id is set.
  FOREACH name IN ARRAY ARRAY['audit', 'audit_head', 'outbox'] LOOP
    EXECUTE format('CREATE POLICY access_account ON %I TO tandem_access USING %s WITH CHECK %s', name, own, own);
  END LOOP;
END
$$;
-- Who may act in every tenant counts as an approver in each.
CREATE POLICY every_tenant ON membership FOR SELECT TO tandem_app
  USING (tenant_id = '00000000-0000-4000-8000-000000000000');
-- A tenant sees the persons who are its members, and may end their sessions.
CREATE POLICY members ON person FOR SELECT TO tandem_app USING (EXISTS (
  SELECT FROM membership m WHERE m.person_id = person.id AND m.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY members ON person_session TO tandem_app USING (EXISTS (
  SELECT FROM membership m WHERE m.person_id = person_session.person_id
    AND m.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY access ON tenant FOR SELECT TO tandem_access USING (true);

GRANT USAGE ON SCHEMA public TO tandem_access;
GRANT SELECT, INSERT, UPDATE ON person, person_session, person_invitation TO tandem_access;
GRANT SELECT, INSERT, UPDATE, DELETE ON membership TO tandem_access;
GRANT SELECT (id, slug, name, status) ON tenant TO tandem_access;
GRANT SELECT, INSERT (tenant_id, seq, at, actor, via, action, object, before_hash, after_hash, reason, request_id, prev_hash, hash)
  ON audit TO tandem_access;
GRANT SELECT, INSERT, UPDATE ON audit_head TO tandem_access;
GRANT INSERT (tenant_id, id, kind, payload) ON outbox TO tandem_access;
GRANT SELECT, INSERT, UPDATE (roles), DELETE ON membership TO tandem_app;
GRANT SELECT (tenant_id, id, email, roles, created_by, created_at, expires_at, used_at, revoked_at), INSERT, UPDATE (revoked_at)
  ON person_invitation TO tandem_app;
GRANT SELECT (id, email, name, created_at, disabled_at) ON person TO tandem_app;
GRANT SELECT (id, person_id, created_at, seen_at, user_agent, ended_at), UPDATE (ended_at) ON person_session TO tandem_app;
