import Glibc
import Synchronization

/// A shell that outlives us for a moment. It reads a pipe whose other end is ours alone; when that closes, because we let
/// go or died of anything at all, it stops the server and removes the folder.
final class PrivatePostgresWatchdog: Sendable {
    private let pipeEnd: Mutex<Int32>

    /// - Parameters:
    ///   - folder: removed at the end.
    ///   - dataFolder: where the server's process id stands.
    init(folder: String, dataFolder: String) throws {
        var ends: [Int32] = [-1, -1]
        // Close-on-exec from the start, which `pipe` cannot do: a child of ours that held our end would keep the server alive.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw PrivatePostgresError(description: "no socket pair: \(String(cString: strerror(errno)))")
        }
        pipeEnd = Mutex(ends[1])
        defer { close(ends[0]) }
        // A session of its own: what is meant for our process group (an interrupt, a runner's kill) must not reach it.
        try ChildProcess(
            ["/usr/bin/setsid", "/bin/sh", "-c", Self.script, "quan-postgres-watchdog", folder, dataFolder], input: ends[0]
        ).collectLater()
    }

    deinit { release() }

    /// Lets the watchdog do its work now.
    func release() {
        pipeEnd.withLock { end in
            if end >= 0 { close(end) }
            end = -1
        }
    }

    private static let script = """
        cd /
        trap '' HUP INT TERM
        cat > /dev/null
        pid=$(head -n 1 "$2/postmaster.pid" 2> /dev/null)
        if [ -n "$pid" ]; then
            kill -QUIT "$pid"
            tenths=0
            while kill -0 "$pid" 2> /dev/null && [ "$tenths" -lt 100 ]; do sleep 0.1; tenths=$((tenths + 1)); done
        fi
        rm -rf "$1"
        """
}
