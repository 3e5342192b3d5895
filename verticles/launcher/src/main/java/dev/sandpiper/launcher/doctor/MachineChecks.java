package dev.sandpiper.launcher.doctor;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sandpiper.runtime.cluster.TransportChoice;
import dev.sandpiper.services.Folders;
import dev.sandpiper.services.FreePorts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Java, the kernel, limits, ports and folders. */
final class MachineChecks {
    private static final int NEWEST_TESTED = 25;
    private static final int OLDEST = 21;
    private static final long FEW_DESCRIPTORS = 10_000;
    private static final long LITTLE_MEMORY = 512L << 20;

    private MachineChecks() {}

    static Finding java() {
        int feature = Runtime.version().feature();
        String text =
                Runtime.version() + " (" + System.getProperty("java.vendor") + "), " + System.getProperty("java.home");
        if (feature < OLDEST) {
            return Finding.bad(
                    "Java", text, "Install a JDK " + OLDEST + " or newer and set SANDPIPER_JAVA_HOME to it.");
        }
        if (feature < NEWEST_TESTED) {
            return Finding.fair("Java", text, "JDK " + NEWEST_TESTED + " needs less memory for each connection.");
        }
        return Finding.good("Java", text);
    }

    static Finding kernel() {
        String name = System.getProperty("os.name");
        String text = name + " " + System.getProperty("os.version") + ", " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
        if (name.toLowerCase(Locale.ROOT).startsWith("windows")) {
            return Finding.bad("kernel", text, "Use Linux, macOS, or the Windows Subsystem for Linux.");
        }
        return Finding.good("kernel", text);
    }

    static Finding transport() {
        boolean uring = works(TransportChoice.IO_URING);
        boolean epoll = works(TransportChoice.EPOLL);
        String text =
                "io_uring " + (uring ? "works" : "does not work") + ", epoll " + (epoll ? "works" : "does not work");
        if (uring) {
            return Finding.good("transport", text);
        }
        if (epoll) {
            return Finding.fair(
                    "transport",
                    text,
                    "Fan-out costs less over io_uring: Linux 5.14 or newer, not forbidden by sysctl kernel.io_uring_disabled"
                            + " or by the container's seccomp profile.");
        }
        return Finding.fair("transport", text + "; NIO is used", "Production nodes run best on Linux.");
    }

    private static boolean works(TransportChoice choice) {
        try {
            choice.resolve();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    static Finding descriptors() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long most = unix.getMaxFileDescriptorCount();
            String text = "up to " + most + " files and sockets for a process";
            if (most < FEW_DESCRIPTORS) {
                return Finding.fair(
                        "descriptors",
                        text,
                        "Each connection needs one: raise the limit with `ulimit -n 100000`, or LimitNOFILE in systemd.");
            }
            return Finding.good("descriptors", text);
        }
        return Finding.good("descriptors", "no limit is known on this system");
    }

    static Finding memory() {
        long most = Runtime.getRuntime().maxMemory();
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long total = unix.getTotalMemorySize();
            String text = (total >> 20) + " MB";
            return total < LITTLE_MEMORY
                    ? Finding.fair("memory", text, "`sandpiper dev` takes about 400 MB; give the machine more.")
                    : Finding.good("memory", text);
        }
        return Finding.good("memory", (most >> 20) + " MB for this process");
    }

    static Finding port(String option, int port) {
        String subject = "port " + port;
        return FreePorts.isFree(port)
                ? Finding.good(subject, "free")
                : Finding.fair(subject, "taken", "Stop what listens there, or start with " + option + ".");
    }

    static Finding cache() {
        return folder("cache", Folders.cache(), "Set XDG_CACHE_HOME to a folder that you own.");
    }

    static Finding data() {
        return folder("data", Path.of(".sandpiper").toAbsolutePath(), "Choose another folder with --data.");
    }

    private static Finding folder(String subject, Path folder, String advice) {
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
                return Finding.bad(subject, folder + " cannot be written", advice);
            }
            long free = Files.getFileStore(existing).getUsableSpace() >> 20;
            return free < 1_024
                    ? Finding.fair(subject, folder + ", " + free + " MB free", "Make room: the event stream grows.")
                    : Finding.good(subject, folder + ", " + (free >> 10) + " GB free");
        } catch (IOException e) {
            return Finding.bad(subject, folder + ": " + e.getMessage(), advice);
        }
    }
}
