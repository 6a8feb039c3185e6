import Glibc
import Synchronization

/// TCP ports of the loopback address.
public enum LoopbackPort {
    private static let returned = Mutex<Set<Int>>([])
    private static let maximumTries = 100

    /// A port that is currently free and was not returned to this process before, so that two callers get different ports even if neither
    /// listens yet.
    public static func free() throws -> Int {
        for _ in 0..<maximumTries {
            let port = try systemPort()
            if returned.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw PrivatePostgresError(description: "no unused free TCP port on 127.0.0.1 after \(maximumTries) tries")
    }

    private static func systemPort() throws -> Int {
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
