import Glibc
import Synchronization

/// A shell process that outlives this process. It reads a socket whose other end only this process has; when that end closes, because
/// this process released it or ended in any way, the shell stops the server and removes the folder.
final class PrivatePostgresWatchdog: Sendable {
    private let pipeEnd: Mutex<Int32>

    /// - Parameters:
    ///   - folder: the folder to remove.
    ///   - dataFolder: the folder with the server's pid file.
    init(folder: String, dataFolder: String) async throws {
        var ends: [Int32] = [-1, -1]
        // Close-on-exec from the start, which `pipe` does not support: a child with a copy of this end would keep the server running.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw PrivatePostgresError(description: "cannot create a socket pair: \(String(cString: strerror(errno)))")
        }
        pipeEnd = Mutex(ends[1])
        defer { close(ends[0]) }
        // A separate session, so that signals to this process group (an interrupt, a runner's kill) do not reach it.
        _ = try await ChildProcess(
            ["/usr/bin/setsid", "/bin/sh", "-c", Self.script, "quan-postgres-watchdog", folder, dataFolder], input: ends[0])
    }

    deinit { release() }

    /// Makes the watchdog stop the server now.
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
