--liquibase formatted sql

-- What was decided. An empty project stands for the tenant as a whole.

--changeset sandpiper:retention-001-limits
CREATE TABLE retention_limits (
    tenant     text COLLATE "C" NOT NULL REFERENCES tenants (id),
    project    text COLLATE "C" NOT NULL DEFAULT '',
    max_age_ms bigint      NOT NULL DEFAULT 0 CHECK (max_age_ms >= 0),
    max_events bigint      NOT NULL DEFAULT 0 CHECK (max_events >= 0),
    max_bytes  bigint      NOT NULL DEFAULT 0 CHECK (max_bytes >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, project)
);
--rollback DROP TABLE retention_limits;

--changeset sandpiper:retention-001-holds
CREATE TABLE legal_holds (
    id          text COLLATE "C" PRIMARY KEY,
    tenant      text COLLATE "C" NOT NULL REFERENCES tenants (id),
    project     text COLLATE "C" NOT NULL DEFAULT '',
    topics      text        NOT NULL CHECK (length(topics) BETWEEN 1 AND 256),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    placed_at   timestamptz NOT NULL,
    placed_by   text        NOT NULL,
    released_at timestamptz,
    released_by text
);
CREATE INDEX legal_holds_by_tenant ON legal_holds (tenant, id) WHERE released_at IS NULL;
--rollback DROP TABLE legal_holds;

-- One version for both: the janitor asks for it right before it removes anything.

--changeset sandpiper:retention-001-version splitStatements:false
INSERT INTO change_versions (topic, version) VALUES ('retention', 0);
CREATE FUNCTION bump_retention_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'retention';
    RETURN NULL;
END
$$;
CREATE TRIGGER retention_limits_version AFTER INSERT OR UPDATE OR DELETE ON retention_limits
    FOR EACH STATEMENT EXECUTE FUNCTION bump_retention_version();
CREATE TRIGGER legal_holds_version AFTER INSERT OR UPDATE OR DELETE ON legal_holds
    FOR EACH STATEMENT EXECUTE FUNCTION bump_retention_version();
--rollback DROP TRIGGER retention_limits_version ON retention_limits;
--rollback DROP TRIGGER legal_holds_version ON legal_holds;
--rollback DROP FUNCTION bump_retention_version;
--rollback DELETE FROM change_versions WHERE topic = 'retention';

-- What was counted. Written by the janitor alone, over the connection that makes it the janitor.

--changeset sandpiper:retention-001-usage
CREATE TABLE storage_usage (
    tenant  text COLLATE "C" NOT NULL,
    project text COLLATE "C" NOT NULL,
    events  bigint NOT NULL,
    bytes   bigint NOT NULL,
    PRIMARY KEY (tenant, project)
);
--rollback DROP TABLE storage_usage;

-- Of the whole installation: one row, of no tenant.

--changeset sandpiper:retention-001-counts
CREATE TABLE storage_counts (
    only_one   boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    counted_at timestamptz NOT NULL,
    sequence   bigint      NOT NULL,
    events     bigint      NOT NULL,
    bytes      bigint      NOT NULL,
    exact      boolean     NOT NULL
);
--rollback DROP TABLE storage_counts;

--changeset sandpiper:retention-001-checks
CREATE TABLE storage_checks (
    checked_at timestamptz PRIMARY KEY,
    report     text    NOT NULL,
    clean      boolean NOT NULL
);
--rollback DROP TABLE storage_checks;
