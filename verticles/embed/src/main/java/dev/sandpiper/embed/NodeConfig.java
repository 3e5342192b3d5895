package dev.sandpiper.embed;

import dev.sandpiper.audit.AuditConfig;
import dev.sandpiper.cells.CellsConfig;
import dev.sandpiper.consumers.ConsumersConfig;
import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.feed.FeedConfig;
import dev.sandpiper.filters.FilterConfig;
import dev.sandpiper.http.HttpConfig;
import dev.sandpiper.killswitch.KillswitchConfig;
import dev.sandpiper.publisher.PublisherConfig;
import dev.sandpiper.retention.RetentionConfig;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.cluster.ClusterConfig;
import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.logging.LogConfig;
import dev.sandpiper.runtime.management.ManagementConfig;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.schedules.SchedulesConfig;
import dev.sandpiper.sockets.SocketsConfig;
import dev.sandpiper.tokens.TokensConfig;
import dev.sandpiper.topics.TopicsConfig;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that can be said about a node.
 *
 * @param general what belongs to no feature; its roles say which of the features' parts are used
 */
public record NodeConfig(
        GeneralConfig general,
        LogConfig logging,
        ManagementConfig management,
        ClusterConfig cluster,
        PostgresConfig postgres,
        NatsConfig nats,
        AuthConfig auth,
        HttpConfig http,
        SocketsConfig sockets,
        PublisherConfig publisher,
        FeedConfig feed,
        RetentionConfig retention,
        TopicsConfig topics,
        DeadLettersConfig deadLetters,
        ConsumersConfig consumers,
        FilterConfig filters,
        SchedulesConfig schedules,
        CellsConfig cells,
        KillswitchConfig killswitch,
        TokensConfig tokens,
        AuditConfig audit) {

    /**
     * Reads and checks every setting.
     *
     * @throws InvalidSettings naming everything that is wrong
     */
    public static NodeConfig from(Settings settings) {
        NodeConfig config = read(settings);
        settings.check();
        return config;
    }

    /**
     * Likewise from variables such as {@link System#getenv()}. A variable of ours that no setting has is a fault too, since
     * it is misspelt, most likely.
     *
     * @param foreign variables that begin like ours and are read by others, such as those of a command line
     */
    public static NodeConfig from(Map<String, String> variables, Set<String> foreign) {
        var settings = new Settings(variables::get);
        NodeConfig config = read(settings);
        settings.rejectUnknown(variables.keySet().stream()
                .filter(name -> !foreign.contains(name))
                .collect(Collectors.toSet()));
        settings.check();
        return config;
    }

    static NodeConfig read(Settings settings) {
        return new NodeConfig(
                GeneralConfig.from(settings),
                LogConfig.from(settings),
                ManagementConfig.from(settings),
                ClusterConfig.from(settings),
                PostgresConfig.from(settings),
                NatsConfig.from(settings),
                AuthConfig.from(settings),
                HttpConfig.from(settings),
                SocketsConfig.from(settings),
                PublisherConfig.from(settings),
                FeedConfig.from(settings),
                RetentionConfig.from(settings),
                TopicsConfig.from(settings),
                DeadLettersConfig.from(settings),
                ConsumersConfig.from(settings),
                FilterConfig.from(settings),
                SchedulesConfig.from(settings),
                CellsConfig.from(settings),
                KillswitchConfig.from(settings),
                TokensConfig.from(settings),
                AuditConfig.from(settings));
    }
}
