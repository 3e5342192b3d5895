--liquibase formatted sql

-- What a tenant's status means is decided once, here and now: suspended_at says since when nothing is served, and the version tells nodes that
-- missed the word.

--changeset sandpiper:tenancy-003-tenants
ALTER TABLE tenants
    ADD COLUMN version          bigint NOT NULL DEFAULT 0,
    ADD COLUMN suspended_at     timestamptz,
    ADD COLUMN suspended_reason text CHECK (length(suspended_reason) BETWEEN 1 AND 500),
    ADD COLUMN resumed_status   text CHECK (resumed_status IN ('active', 'trial', 'past_due'));
CREATE INDEX tenants_by_version ON tenants (version);
CREATE INDEX tenants_by_time ON tenants (created_at, id);
INSERT INTO change_versions (topic, version) VALUES ('tenants', 0);
--rollback DELETE FROM change_versions WHERE topic = 'tenants';
--rollback ALTER TABLE tenants DROP COLUMN version, DROP COLUMN suspended_at, DROP COLUMN suspended_reason, DROP COLUMN resumed_status;

--changeset sandpiper:tenancy-003-version-function splitStatements:false
CREATE FUNCTION bump_tenant_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'tenants' RETURNING version INTO STRICT NEW.version;
    RETURN NEW;
END
$$;
--rollback DROP FUNCTION bump_tenant_version;

--changeset sandpiper:tenancy-003-version-trigger
CREATE TRIGGER tenants_version
    BEFORE INSERT OR UPDATE OF status, plan ON tenants
    FOR EACH ROW EXECUTE FUNCTION bump_tenant_version();
--rollback DROP TRIGGER tenants_version ON tenants;

-- The limits are an object of names and numbers. A deleted project keeps its row: its id is not given out again while its events may
-- still lie in the stream.

--changeset sandpiper:tenancy-003-projects
ALTER TABLE projects
    ADD COLUMN limits     jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object'),
    ADD COLUMN deleted_at timestamptz;
--rollback ALTER TABLE projects DROP COLUMN limits, DROP COLUMN deleted_at;
