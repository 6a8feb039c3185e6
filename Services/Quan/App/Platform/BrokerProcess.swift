import Foundation
import Glibc

/// The embedded broker as a process of its own, so that nothing in this process dies with it.
struct BrokerProcess: Sendable {
    /// Its address.
    let bootstrapServers: String
    /// The process.
    let child: Child
    /// Its end closes with this process, which ends the broker.
    private let leash: FileHandle

    /// Starts a broker that has these topics, and waits for its address.
    static func start(topics: [String], partitions: Int, log: String) async throws -> BrokerProcess {
        let (leash, inner) = try pipe()
        let (reports, outer) = try pipe()
        let list = topics.map { "\($0):\(partitions)" }.joined(separator: ",")
        let child = try await Child.start(
            [Programs.own, "broker", "--with-parent", "--topics", list], environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            input: leash.fileDescriptor, log: log, reports: outer.fileDescriptor)
        try outer.close()
        try leash.close()
        guard let address = await firstLine(of: reports).flatMap({ $0.wholeMatch(of: /QUAN_KAFKA_BOOTSTRAP_SERVERS=(\S+)/)?.1 }) else {
            throw Complaint("the broker did not start; see \(log)")
        }
        return BrokerProcess(bootstrapServers: String(address), child: child, leash: inner)
    }

    /// Ends it.
    func stop() async {
        try? leash.close()
        await child.stop(within: .seconds(3))
    }

    /// The reading and the writing end; no other child inherits them.
    private static func pipe() throws -> (FileHandle, FileHandle) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Complaint("no pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true), FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    /// On a thread that may block. The broker writes one line and then no more.
    private static func firstLine(of handle: FileHandle) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while line.count < 4096, read(handle.fileDescriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
                continuation.resume(returning: line.isEmpty ? nil : String(decoding: line, as: UTF8.self))
            }
        }
    }
}
