internal import CLibpq
internal import Foundation
internal import Glibc

extension PostgresSession {
    /// Opens a connection within the configuration's `connectTimeout`, counted from when the host name is resolved: libpq blocks while
    /// it resolves the name, so that runs on a separate thread and is bounded by the resolver's timeouts.
    static func connect(_ configuration: PostgresConfiguration) async throws -> PostgresSession {
        let session = PostgresSession(
            handle: try await start(configuration), watch: .make(), configuration: configuration)
        do {
            try await session.finishConnecting(until: .after(configuration.connectTimeout))
            return session
        } catch {
            session.close()
            throw error
        }
    }

    private static func start(_ configuration: PostgresConfiguration) async throws -> OpaquePointer {
        let handle = await withCheckedContinuation { (continuation: CheckedContinuation<SentHandle, Never>) in
            // Not a dispatch queue: on Linux concurrent queues share their few threads with the cooperative pool.
            Thread.detachNewThread { continuation.resume(returning: SentHandle(handle: startBlocking(configuration))) }
        }
        guard let handle = handle.handle else {
            throw PostgresError(.connection, "libpq could not allocate a connection: the process is out of memory")
        }
        return handle
    }

    /// Transfers the pointer from the thread that made it; no other code has it.
    private struct SentHandle: @unchecked Sendable { let handle: OpaquePointer? }

    private static func startBlocking(_ configuration: PostgresConfiguration) -> OpaquePointer? {
        let parameters = configuration.parameters
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for (keyword, value) in parameters {
            keywords.append(UnsafePointer(strdup(keyword)))
            values.append(UnsafePointer(strdup(value)))
        }
        defer {
            for pointer in keywords + values { free(UnsafeMutablePointer(mutating: pointer)) }
        }
        // 0: a database name that looks like a connection string is not expanded.
        return PQconnectStartParams(keywords + [nil], values + [nil], 0)
    }

    private func finishConnecting(until deadline: PostgresDeadline) async throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw connectFailure() }
        // Verbose errors contain the SQLSTATE, which libpq does not report otherwise for a failed connect.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        // The default receiver prints notices, and the values in them, to standard error.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        var events = PostgresSocketEvents.writable
        while true {
            guard watch.follow(PQsocket(handle)) else { throw connectFailure() }
            try await waitToConnect(events, until: deadline)
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_READING: events = .readable
            case PGRES_POLLING_WRITING: events = .writable
            case PGRES_POLLING_OK:
                guard watch.follow(PQsocket(handle)), PQsetnonblocking(handle, 1) == 0 else { throw connectFailure() }
                return
            default: throw connectFailure()
            }
        }
    }

    private func waitToConnect(_ events: PostgresSocketEvents, until deadline: PostgresDeadline) async throws {
        switch await watch.wait(for: events, until: deadline, shielded: false) {
        case .ready, .complete: return
        case .cancelled: throw CancellationError()
        case .deadline:
            throw PostgresError(
                .connection,
                "no connection to \(configuration.host):\(configuration.port) within \(configuration.connectTimeout); check host, port and network"
            )
        }
    }

    private func connectFailure() -> PostgresError { .connect(String(cString: PQerrorMessage(handle))) }
}
