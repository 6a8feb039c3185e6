internal import CLibpq
internal import Foundation
internal import Glibc

extension PostgresSession {
    /// Opens a connection within the configuration's `connectTimeout`, counted from when the host's name is resolved:
    /// libpq resolves it while it blocks, so that runs on a thread of its own, bounded by the resolver's timeouts.
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
            // Not a dispatch queue: on Linux those that run several jobs at once share their few threads with the cooperative pool.
            Thread.detachNewThread { continuation.resume(returning: SentHandle(handle: startBlocking(configuration))) }
        }
        guard let handle = handle.handle else {
            throw PostgresError(.connection, "libpq could not set a connection up: memory is short")
        }
        return handle
    }

    /// Carries the pointer from the thread that made it; nobody else knows it.
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
        // 0: a database name that looks like a connection string is a name all the same.
        return PQconnectStartParams(keywords + [nil], values + [nil], 0)
    }

    private func finishConnecting(until deadline: PostgresDeadline) async throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw connectFailure() }
        // Verbose errors carry the SQLSTATE, which libpq has no other way to tell for a failed connect.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        // The default prints to standard error, with whatever values a notice holds.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        var interest = PostgresInterest.writable
        while true {
            guard watch.follow(PQsocket(handle)) else { throw connectFailure() }
            try await waitToConnect(interest, until: deadline)
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_READING: interest = .readable
            case PGRES_POLLING_WRITING: interest = .writable
            case PGRES_POLLING_OK:
                guard watch.follow(PQsocket(handle)), PQsetnonblocking(handle, 1) == 0 else { throw connectFailure() }
                return
            default: throw connectFailure()
            }
        }
    }

    private func waitToConnect(_ interest: PostgresInterest, until deadline: PostgresDeadline) async throws {
        switch await watch.wait(for: interest, until: deadline, shielded: false) {
        case .ready, .whole: return
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
