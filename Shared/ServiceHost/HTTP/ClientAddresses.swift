import HTTPTypes

/// Tells by which address a client is known: the peer's own, or what configured proxies say of it.
///
/// Anybody can write `X-Forwarded-For`. Each proxy adds, at the right, the address it was asked from; so the right-most address that is no
/// configured proxy is the last one that a proxy has vouched for, and everything left of it is hearsay.
struct ClientAddresses: Sendable {
    /// The header that the proxies write.
    enum Header: String, Sendable, CaseIterable {
        case xForwardedFor = "x-forwarded-for"
        case forwarded
    }

    private static let xForwardedFor = HTTPField.Name("X-Forwarded-For")
    private static let forwarded = HTTPField.Name("Forwarded")
    /// Proxies in a row, at most; what is left of them is not read.
    private static let mostProxies = 16

    let proxies: [IPNetwork]
    let header: Header

    /// Whether a peer is a proxy, whose connections carry the requests of many.
    func isProxy(_ peer: String?) -> Bool {
        guard let address = peer.flatMap(IPAddress.init) else { return false }
        return isProxy(address)
    }

    /// The client's name in limits.
    func client(peer: String?, _ headers: HTTPFields) -> String {
        guard let peer, var last = IPAddress(peer) else { return "unknown" }
        guard isProxy(last) else { return last.client }
        for text in told(headers).suffix(Self.mostProxies).reversed() {
            // What is no address was written by nobody who is trusted: the limit stays with who sent it.
            guard let address = IPAddress(text) else { break }
            last = address
            guard isProxy(address) else { break }
        }
        return last.client
    }

    private func isProxy(_ address: IPAddress) -> Bool { proxies.contains { $0.contains(address) } }

    private func told(_ headers: HTTPFields) -> [String] {
        switch header {
        case .xForwardedFor: Self.list(headers, Self.xForwardedFor).map { Self.withoutPort($0) }
        case .forwarded: Self.list(headers, Self.forwarded).map(Self.forwardedFor)
        }
    }

    private static func list(_ headers: HTTPFields, _ name: HTTPField.Name?) -> [Substring] {
        guard let name else { return [] }
        return headers[values: name].flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(trimmed) }
    }

    /// The parameter `for` of one element of RFC 7239.
    private static func forwardedFor(_ element: Substring) -> String {
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "for" else { continue }
            return withoutPort(Substring(trimmed(parts[1]).filter { $0 != "\"" }))
        }
        return ""
    }

    /// `192.0.2.1:80` and `[2001:db8::1]:80` without their ports.
    private static func withoutPort(_ text: Substring) -> String {
        if text.first == "[" { return String(text.dropFirst().prefix { $0 != "]" }) }
        return text.filter { $0 == ":" }.count == 1 ? String(text.prefix { $0 != ":" }) : String(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
