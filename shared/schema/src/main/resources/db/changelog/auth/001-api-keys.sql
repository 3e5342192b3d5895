--liquibase formatted sql

--changeset sandpiper:auth-001-api-keys
CREATE TABLE api_keys (
    id           text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z]{16}$'),
    tenant       text COLLATE "C" NOT NULL,
    project      text COLLATE "C" NOT NULL,
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    hmac         bytea       NOT NULL CHECK (octet_length(hmac) = 32),
    pepper_id    text        NOT NULL,
    scopes       text[]      NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,
    version      bigint      NOT NULL,
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id)
);
CREATE INDEX api_keys_by_project ON api_keys (tenant, project, created_at, id);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant, created_at, id);
CREATE INDEX api_keys_by_version ON api_keys (version);
--rollback DROP TABLE api_keys;

-- Nodes ask "what changed since version N?". A sequence would not do: a number drawn first may be committed last, after a
-- node has already asked past it. The one row below is locked until commit, so versions appear in the order of commits.

--changeset sandpiper:auth-001-change-versions
CREATE TABLE change_versions (
    topic   text PRIMARY KEY,
    version bigint NOT NULL
);
INSERT INTO change_versions (topic, version) VALUES ('api_keys', 0);
--rollback DROP TABLE change_versions;

--changeset sandpiper:auth-001-api-key-version splitStatements:false
CREATE FUNCTION bump_api_key_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'api_keys' RETURNING version INTO STRICT NEW.version;
    RETURN NEW;
END
$$;
--rollback DROP FUNCTION bump_api_key_version;

-- Not for last_used_at: that a key was used is no news for anybody's cache.

--changeset sandpiper:auth-001-api-key-version-trigger
CREATE TRIGGER api_keys_version
    BEFORE INSERT OR UPDATE OF tenant, project, hmac, pepper_id, scopes, expires_at, revoked_at ON api_keys
    FOR EACH ROW EXECUTE FUNCTION bump_api_key_version();
--rollback DROP TRIGGER api_keys_version ON api_keys;
