--liquibase formatted sql

-- One row for each project that ever had a rule: the revision counts the changes of the project, the version those of the installation,
-- so that nodes can ask "whose rules changed since version N?" and read those as a whole. A rule's version is the revision that
-- changed it last: it grows, also when the rule was deleted meanwhile.

--changeset sandpiper:topics-001-topic-rule-sets
CREATE TABLE topic_rule_sets (
    tenant   text COLLATE "C" NOT NULL,
    project  text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    version  bigint NOT NULL,
    PRIMARY KEY (tenant, project),
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id) ON DELETE CASCADE
);
CREATE INDEX topic_rule_sets_by_version ON topic_rule_sets (version);
--rollback DROP TABLE topic_rule_sets;

--changeset sandpiper:topics-001-topic-rules
CREATE TABLE topic_rules (
    tenant            text COLLATE "C" NOT NULL,
    project           text COLLATE "C" NOT NULL,
    pattern           text COLLATE "C" NOT NULL CHECK (octet_length(pattern) BETWEEN 1 AND 256),
    version           bigint      NOT NULL,
    schema            text,
    class             text        CHECK (class IN ('ephemeral', 'durable', 'exactly-once')),
    dedupe_window_ms  bigint      CHECK (dedupe_window_ms > 0),
    max_payload       integer     CHECK (max_payload > 0),
    retention_age_ms  bigint      CHECK (retention_age_ms > 0),
    retention_count   bigint      CHECK (retention_count > 0),
    retention_bytes   bigint      CHECK (retention_bytes > 0),
    ttl_ms            bigint      CHECK (ttl_ms > 0),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    PRIMARY KEY (tenant, project, pattern),
    FOREIGN KEY (tenant, project) REFERENCES topic_rule_sets (tenant, project) ON DELETE CASCADE
);
--rollback DROP TABLE topic_rules;

-- See auth/001: the one row of change_versions is locked until commit, so versions appear in the order of commits. Not at an insert: a
-- set begins empty, and every change locks the set first and that row second.

--changeset sandpiper:topics-001-topic-rule-version
INSERT INTO change_versions (topic, version) VALUES ('topic_rules', 0);
--rollback DELETE FROM change_versions WHERE topic = 'topic_rules';

--changeset sandpiper:topics-001-topic-rule-version-function splitStatements:false
CREATE FUNCTION bump_topic_rule_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_versions SET version = version + 1 WHERE topic = 'topic_rules' RETURNING version INTO STRICT NEW.version;
    RETURN NEW;
END
$$;
--rollback DROP FUNCTION bump_topic_rule_version;

--changeset sandpiper:topics-001-topic-rule-version-trigger
CREATE TRIGGER topic_rule_sets_version
    BEFORE UPDATE ON topic_rule_sets
    FOR EACH ROW EXECUTE FUNCTION bump_topic_rule_version();
--rollback DROP TRIGGER topic_rule_sets_version ON topic_rule_sets;
