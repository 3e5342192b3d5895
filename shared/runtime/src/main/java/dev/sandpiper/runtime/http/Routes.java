package dev.sandpiper.runtime.http;

import io.vertx.ext.web.Router;

/**
 * What a feature adds to the public listener. Mounted once per event loop, on that loop, so an implementation may keep
 * state per loop without locks. The routes are mounted under {@code /v1} and, as aliases, at the root.
 */
public interface Routes {
    void mount(Router router, RouteContext context);
}
