import Foundation
import Glibc

/// The embedded broker in a separate process, so that this process survives its crash.
struct BrokerProcess: Sendable {
    /// The broker's address.
    let bootstrapServers: String
    /// The broker's process.
    let child: Child
    /// A pipe that closes when this process ends, which ends the broker.
    private let parentPipe: FileHandle

    /// Starts a broker with these topics and waits for its address. Throws a `CommandError` if it does not start.
    static func start(topics: [String], partitions: Int, log: String) async throws -> BrokerProcess {
        let (parentPipe, inner) = try pipe()
        let (reports, outer) = try pipe()
        let list = topics.map { "\($0):\(partitions)" }.joined(separator: ",")
        let child = try await Child.start(
            [try Programs.operatorTool(), "broker", "--with-parent", "--topics", list],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            input: parentPipe.fileDescriptor, log: log, reports: outer.fileDescriptor)
        try outer.close()
        try parentPipe.close()
        guard let address = await firstLine(of: reports).flatMap({ $0.wholeMatch(of: /QUAN_KAFKA_BOOTSTRAP_SERVERS=(\S+)/)?.1 }) else {
            throw CommandError("the broker did not start; see \(log)")
        }
        return BrokerProcess(bootstrapServers: String(address), child: child, parentPipe: inner)
    }

    /// Stops the broker.
    func stop() async {
        try? parentPipe.close()
        await child.stop(within: .seconds(3))
    }

    /// Creates a pipe that no other child process inherits. Returns the reading end and the writing end.
    private static func pipe() throws -> (FileHandle, FileHandle) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw CommandError("cannot create a pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true), FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    /// Reads the broker's only line of output, on a separate thread because the read blocks.
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
