package dev.sandpiper.http.admin;

import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.auth.Page;
import dev.sandpiper.runtime.auth.ProjectInfo;
import dev.sandpiper.runtime.auth.TenantInfo;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tenants and projects as clients see them. */
final class TenancyJson {
    private static final int ITEM_SIZE = 256;

    private TenancyJson() {}

    static byte[] tenant(TenantInfo tenant) {
        var json = new JsonBytes(ITEM_SIZE);
        write(json, tenant);
        return json.toByteArray();
    }

    static byte[] project(ProjectInfo project) {
        var json = new JsonBytes(ITEM_SIZE);
        write(json, project);
        return json.toByteArray();
    }

    static byte[] tenants(Page<TenantInfo> page) {
        return page(page, TenancyJson::write);
    }

    static byte[] projects(Page<ProjectInfo> page) {
        return page(page, TenancyJson::write);
    }

    private static <T> byte[] page(Page<T> page, BiConsumer<JsonBytes, T> write) {
        JsonBytes json = new JsonBytes(ITEM_SIZE * (page.items().size() + 1))
                .beginObject()
                .name("items")
                .beginArray();
        page.items().forEach(item -> write.accept(json, item));
        return optional(json.endArray().name("next"), page.next()).endObject().toByteArray();
    }

    private static void write(JsonBytes json, TenantInfo tenant) {
        json.beginObject()
                .name("id")
                .string(tenant.id().value())
                .name("name")
                .string(tenant.name())
                .name("status")
                .string(tenant.status())
                .name("plan")
                .string(tenant.plan());
        time(json.name("created_at"), tenant.createdAt());
        time(json.name("suspended_at"), tenant.suspendedAt());
        optional(json.name("suspended_reason"), tenant.suspendedReason()).endObject();
    }

    private static void write(JsonBytes json, ProjectInfo project) {
        json.beginObject()
                .name("id")
                .string(project.id().value())
                .name("tenant")
                .string(project.tenant().value())
                .name("name")
                .string(project.name())
                .name("limits")
                .beginObject();
        project.limits().sorted().forEach((name, value) -> json.name(name).number(value));
        time(json.endObject().name("created_at"), project.createdAt()).endObject();
    }

    private static JsonBytes time(JsonBytes json, @Nullable Instant time) {
        return optional(json, time == null ? null : Timestamps.format(time));
    }

    private static JsonBytes optional(JsonBytes json, @Nullable String value) {
        return value == null ? json.nil() : json.string(value);
    }
}
