--liquibase formatted sql

-- NULL is no restriction. A key that another took the place of names it, and works until it expires.

--changeset sandpiper:auth-004-key-restrictions
ALTER TABLE api_keys
    ADD COLUMN publish_topics    text[],
    ADD COLUMN subscribe_topics  text[],
    ADD COLUMN rate_limit        integer CHECK (rate_limit > 0),
    ADD COLUMN allowed_addresses text[],
    ADD COLUMN allowed_origins   text[],
    ADD COLUMN replaced_by       text COLLATE "C",
    ADD COLUMN last_used_from    text,
    ADD COLUMN narrowed_version  bigint NOT NULL DEFAULT 0;
--rollback ALTER TABLE api_keys DROP COLUMN publish_topics, DROP COLUMN subscribe_topics, DROP COLUMN rate_limit, DROP COLUMN allowed_addresses, DROP COLUMN allowed_origins, DROP COLUMN replaced_by, DROP COLUMN last_used_from, DROP COLUMN narrowed_version;

-- Whoever takes rights away writes -1 and finds the version of the change there: connections from before it must go.

--changeset sandpiper:auth-004-api-key-version-function splitStatements:false
CREATE OR REPLACE FUNCTION bump_api_key_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'api_keys' RETURNING version INTO STRICT NEW.version;
    IF NEW.narrowed_version < 0 THEN
        NEW.narrowed_version := NEW.version;
    END IF;
    RETURN NEW;
END
$$;
--rollback not required

--changeset sandpiper:auth-004-api-key-version-trigger
DROP TRIGGER api_keys_version ON api_keys;
CREATE TRIGGER api_keys_version
    BEFORE INSERT OR UPDATE OF tenant, project, hmac, pepper_id, scopes, expires_at, revoked_at, publish_topics, subscribe_topics,
        rate_limit, allowed_addresses, allowed_origins, replaced_by, narrowed_version ON api_keys
    FOR EACH ROW EXECUTE FUNCTION bump_api_key_version();
--rollback not required
