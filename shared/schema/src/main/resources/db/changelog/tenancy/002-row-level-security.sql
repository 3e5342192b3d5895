--liquibase formatted sql

-- Nodes connect as the owner of the tables and become this role at once, since owners are exempt from row-level security. It can be
-- made beforehand, where the owner may not make roles. It belongs to the server, not to this database, so it outlives a rollback.

--changeset sandpiper:tenancy-002-node-role splitStatements:false
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'sandpiper_node') THEN
        BEGIN
            CREATE ROLE sandpiper_node NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- for another database of this server, at this moment
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role sandpiper_node is missing, and % may not make it: let an administrator run'
                    ' CREATE ROLE sandpiper_node NOLOGIN; GRANT sandpiper_node TO %;', current_user, quote_ident(current_user);
        END;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'sandpiper_node' AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role sandpiper_node must be neither SUPERUSER nor BYPASSRLS';
    END IF;
    IF NOT pg_has_role(current_user, 'sandpiper_node', 'MEMBER') THEN
        GRANT sandpiper_node TO CURRENT_USER;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO sandpiper_node', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO sandpiper_node', current_schema());
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO sandpiper_node', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sandpiper_node',
                   current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO sandpiper_node', current_schema());
END
$$;
--rollback DROP OWNED BY sandpiper_node;

-- Called once for each table that has a column with its tenant: SELECT isolate_tenants('invoices'). A transaction sees the rows of the tenant
-- that it named (SET LOCAL sandpiper.tenant), those of all tenants when it said that it works for the whole installation
-- (SET LOCAL sandpiper.access = 'platform'), and otherwise none. The sub-selects make PostgreSQL look at the settings once for
-- each statement instead of once for each row.

--changeset sandpiper:tenancy-002-isolate-tenants splitStatements:false
CREATE FUNCTION isolate_tenants(isolated regclass, tenant_column text DEFAULT 'tenant') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('CREATE POLICY tenant_isolation ON %s USING (%I = (SELECT current_setting(''sandpiper.tenant'', true))'
                   ' OR (SELECT current_setting(''sandpiper.access'', true)) = ''platform'')', isolated, tenant_column);
END
$$;
--rollback DROP FUNCTION isolate_tenants;

-- Not FORCE: nodes of the version before work as the owner, and go on while this is applied.

--changeset sandpiper:tenancy-002-isolation
SELECT isolate_tenants('tenants', 'id');
SELECT isolate_tenants('projects');
SELECT isolate_tenants('api_keys');
SELECT isolate_tenants('tickets');
SELECT isolate_tenants('retention_limits');
SELECT isolate_tenants('legal_holds');
SELECT isolate_tenants('storage_usage');
SELECT isolate_tenants('topic_rule_sets');
SELECT isolate_tenants('topic_rules');
SELECT isolate_tenants('consumers');
SELECT isolate_tenants('consumer_removals');
SELECT isolate_tenants('consumer_deliveries');
SELECT isolate_tenants('scheduled_events');
SELECT isolate_tenants('subscriber_positions');
SELECT isolate_tenants('event_streams');
SELECT isolate_tenants('tenant_cells');
SELECT isolate_tenants('tenant_moves');
--rollback not required
