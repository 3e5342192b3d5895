--liquibase formatted sql

-- Nobody vouches for the users of a project that was deleted; nodes learn of it like of any issuer that ended.

--changeset sandpiper:tokens-002-project-end-function splitStatements:false
CREATE FUNCTION end_issuers_of_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE token_issuers SET deleted_at = NEW.deleted_at, secret = NULL
        WHERE tenant = NEW.tenant AND project = NEW.id AND deleted_at IS NULL;
    RETURN NULL;
END
$$;
--rollback DROP FUNCTION end_issuers_of_project;

--changeset sandpiper:tokens-002-project-end-trigger
CREATE TRIGGER projects_end_issuers
    AFTER UPDATE OF deleted_at ON projects
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION end_issuers_of_project();
--rollback DROP TRIGGER projects_end_issuers ON projects;
