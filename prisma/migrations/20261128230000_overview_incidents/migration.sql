-- The overview shows how the stacks stand, and which incidents are not over.
CREATE POLICY overview ON incident FOR SELECT TO tandem_overview USING (tenant_id IN (SELECT visible_tenants()));
CREATE POLICY overview ON stack_health FOR SELECT TO tandem_overview USING (tenant_id IN (SELECT visible_tenants()));
GRANT SELECT (tenant_id, id, deployment_id, opened_stack, severity, state, opened_at, resolution_due_at) ON incident TO tandem_overview;
GRANT SELECT (tenant_id, deployment_id, looked_at, words) ON stack_health TO tandem_overview;
