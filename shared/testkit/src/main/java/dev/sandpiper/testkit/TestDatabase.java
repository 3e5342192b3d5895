package dev.sandpiper.testkit;

/**
 * A database of its own for one test, with Sandpiper's schema.
 *
 * @param jdbcUrl without credentials
 * @param url with credentials, {@code postgresql://…}, as {@code SANDPIPER_DATABASE_URL} takes it
 * @param user owns the database and is no superuser
 */
public record TestDatabase(String name, String jdbcUrl, String url, String user, String password) {}
