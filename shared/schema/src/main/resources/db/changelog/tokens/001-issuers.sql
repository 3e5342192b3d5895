--liquibase formatted sql

-- Who vouches for the users of a project. What a token or an answer is checked with never changes; another key is another issuer. One
-- that was deleted stays without its secret, so that nodes learn of it by its version. The secret is encrypted, and bound to its row.

--changeset sandpiper:tokens-001-issuers
CREATE TABLE token_issuers (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z]{16}$'),
    tenant     text COLLATE "C" NOT NULL,
    project    text COLLATE "C" NOT NULL,
    type       text        NOT NULL CHECK (type IN ('secret', 'jwks', 'handler')),
    issuer     text COLLATE "C" NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
    audience   text COLLATE "C" NOT NULL CHECK (length(audience) BETWEEN 1 AND 255),
    url        text        CHECK (length(url) <= 2048),
    secret     bytea,
    leeway_ms  bigint      NOT NULL CHECK (leeway_ms >= 0),
    scopes     text[]      NOT NULL,
    channels   text        NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    version    bigint      NOT NULL,
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id),
    CHECK (deleted_at IS NULL OR secret IS NULL)
);
CREATE UNIQUE INDEX token_issuers_by_name ON token_issuers (tenant, project, issuer) WHERE deleted_at IS NULL;
CREATE INDEX token_issuers_by_project ON token_issuers (tenant, project, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX token_issuers_by_version ON token_issuers (version);
--rollback DROP TABLE token_issuers;

-- What is not believed although its signature is right: one token by its id, or those of a user that were issued up to a time. A row
-- is of use until the last token that it can be about has expired by itself.

--changeset sandpiper:tokens-001-revocations
CREATE TABLE token_revocations (
    tenant       text COLLATE "C" NOT NULL,
    project      text COLLATE "C" NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('token', 'user')),
    value        text COLLATE "C" NOT NULL CHECK (length(value) BETWEEN 1 AND 128),
    issued_until timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    version      bigint      NOT NULL,
    PRIMARY KEY (tenant, project, kind, value),
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id)
);
CREATE INDEX token_revocations_by_version ON token_revocations (version);
CREATE INDEX token_revocations_by_expiry ON token_revocations (expires_at);
--rollback DROP TABLE token_revocations;

-- See auth/001: the row of change_versions is locked until commit, so versions appear in the order of commits.

--changeset sandpiper:tokens-001-versions
INSERT INTO change_versions (topic, version) VALUES ('token_issuers', 0), ('token_revocations', 0);
--rollback DELETE FROM change_versions WHERE topic IN ('token_issuers', 'token_revocations');

--changeset sandpiper:tokens-001-version-function splitStatements:false
CREATE FUNCTION bump_token_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = TG_TABLE_NAME RETURNING version INTO STRICT NEW.version;
    RETURN NEW;
END
$$;
--rollback DROP FUNCTION bump_token_version;

--changeset sandpiper:tokens-001-issuer-version-trigger
CREATE TRIGGER token_issuers_version
    BEFORE INSERT OR UPDATE ON token_issuers
    FOR EACH ROW EXECUTE FUNCTION bump_token_version();
--rollback DROP TRIGGER token_issuers_version ON token_issuers;

--changeset sandpiper:tokens-001-revocation-version-trigger
CREATE TRIGGER token_revocations_version
    BEFORE INSERT OR UPDATE ON token_revocations
    FOR EACH ROW EXECUTE FUNCTION bump_token_version();
--rollback DROP TRIGGER token_revocations_version ON token_revocations;

-- See tenancy/002.

--changeset sandpiper:tokens-001-isolation
SELECT isolate_tenants('token_issuers');
SELECT isolate_tenants('token_revocations');
--rollback not required
