import Glibc
import Synchronization

/// Ports of this machine's loopback address.
public enum LoopbackPort {
    private static let given = Mutex<Set<Int>>([])
    private static let triesAtMost = 100

    /// A port that was free a moment ago, and that this process was not given before: of two that ask one after the other, before either
    /// listens, each gets its own.
    public static func free() throws -> Int {
        for _ in 0..<triesAtMost {
            let port = try offered()
            if given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw PrivatePostgresError(description: "no free TCP port on 127.0.0.1 that was not given away in \(triesAtMost) tries")
    }

    private static func offered() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { throw PrivatePostgresError(description: "no free TCP port on 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
