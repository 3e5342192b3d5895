--liquibase formatted sql

-- The event streams of the installation. Zero means: as the settings say. A stream of one tenant names it.

--changeset sandpiper:cells-001-event-streams
CREATE TABLE event_streams (
    cell       integer     PRIMARY KEY CHECK (cell BETWEEN 0 AND 1023),
    tenant     text COLLATE "C" UNIQUE,
    storage    text        NOT NULL DEFAULT 'file' CHECK (storage IN ('file', 'memory')),
    replicas   integer     NOT NULL DEFAULT 0 CHECK (replicas BETWEEN 0 AND 5),
    max_bytes  bigint      NOT NULL DEFAULT 0 CHECK (max_bytes >= 0),
    max_age_ms bigint      NOT NULL DEFAULT 0 CHECK (max_age_ms >= 0),
    created_at timestamptz NOT NULL,
    usable_at  timestamptz NOT NULL
);
--rollback DROP TABLE event_streams;

-- Where a tenant's events lie, from the moment it was first met by an installation with several streams. Not tied to the tenants:
-- applications that embed a node may use others.

--changeset sandpiper:cells-001-tenant-cells
CREATE TABLE tenant_cells (
    tenant    text COLLATE "C" PRIMARY KEY,
    cell      integer     NOT NULL REFERENCES event_streams (cell),
    fenced    boolean     NOT NULL DEFAULT false,
    placed_at timestamptz NOT NULL,
    version   bigint      NOT NULL
);
CREATE INDEX tenant_cells_by_version ON tenant_cells (version);
CREATE INDEX tenant_cells_by_cell ON tenant_cells (cell);
--rollback DROP TABLE tenant_cells;

-- See auth/001: the one row of change_versions is locked until commit, so versions appear in the order of commits.

--changeset sandpiper:cells-001-version
INSERT INTO change_versions (topic, version) VALUES ('cells', 0);
--rollback DELETE FROM change_versions WHERE topic = 'cells';

--changeset sandpiper:cells-001-version-function splitStatements:false
CREATE FUNCTION bump_cells_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'cells' RETURNING version INTO STRICT NEW.version;
    RETURN NEW;
END
$$;
--rollback DROP FUNCTION bump_cells_version;

--changeset sandpiper:cells-001-version-trigger
CREATE TRIGGER tenant_cells_version
    BEFORE INSERT OR UPDATE ON tenant_cells
    FOR EACH ROW EXECUTE FUNCTION bump_cells_version();
--rollback DROP TRIGGER tenant_cells_version ON tenant_cells;
