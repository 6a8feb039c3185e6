import Foundation
import Glibc
import Synchronization

/// TCP ports of the loopback address.
public enum LoopbackPort {
    private static let returned = Mutex<Set<Int>>([])
    private static let maximumTries = 100

    /// A port that is currently free and was not returned to this process before, so that two callers get different ports even if neither
    /// listens yet. It is below the range from which the system gives ports to connections: none of them can take it meanwhile.
    public static func free() throws -> Int {
        let range = (firstConnectionPort - 12_000)..<firstConnectionPort
        for _ in 0..<maximumTries {
            let port = Int.random(in: range)
            if isFree(port), returned.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw PrivatePostgresError(description: "no unused free TCP port on 127.0.0.1 after \(maximumTries) tries")
    }

    /// The first port of connections (`ip_local_port_range`).
    private static let firstConnectionPort: Int = {
        let text = (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let first = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
        return min(max(first ?? 32_768, 14_000), 60_000)
    }()

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
