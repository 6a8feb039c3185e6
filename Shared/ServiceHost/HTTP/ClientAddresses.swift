import HTTPTypes

/// Determines a client's address: the peer's address, or the address in the header of configured proxies.
///
/// Any client can send `X-Forwarded-For`. Each proxy appends the address of its own peer at the right. So the right-most address that is no
/// configured proxy is the last one that a trusted proxy has written; everything to its left is not trusted.
struct ClientAddresses: Sendable {
    /// The header that the proxies set.
    enum Header: String, Sendable, CaseIterable {
        case xForwardedFor = "x-forwarded-for"
        case forwarded
    }

    private static let xForwardedFor = HTTPField.Name("X-Forwarded-For")
    private static let forwarded = HTTPField.Name("Forwarded")
    /// The maximum number of proxies in a chain; addresses further to the left are ignored.
    private static let maximumProxies = 16

    let proxies: [IPNetwork]
    let header: Header

    /// Whether a peer is a configured proxy, whose connections carry the requests of many clients.
    func isProxy(_ peer: String?) -> Bool {
        guard let address = peer.flatMap(IPAddress.init) else { return false }
        return isProxy(address)
    }

    /// The client's name in limits.
    func client(peer: String?, _ headers: HTTPFields) -> String {
        guard let peer, var last = IPAddress(peer) else { return "unknown" }
        guard isProxy(last) else { return last.client }
        for text in addresses(headers).suffix(Self.maximumProxies).reversed() {
            // A text that is no address was not written by a trusted proxy, so the limit applies to the address before it.
            guard let address = IPAddress(text) else { break }
            last = address
            guard isProxy(address) else { break }
        }
        return last.client
    }

    private func isProxy(_ address: IPAddress) -> Bool { proxies.contains { $0.contains(address) } }

    private func addresses(_ headers: HTTPFields) -> [String] {
        switch header {
        case .xForwardedFor: Self.list(headers, Self.xForwardedFor).map { Self.withoutPort($0) }
        case .forwarded: Self.list(headers, Self.forwarded).map(Self.forwardedFor)
        }
    }

    private static func list(_ headers: HTTPFields, _ name: HTTPField.Name?) -> [Substring] {
        guard let name else { return [] }
        return headers[values: name].flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(trimmed) }
    }

    /// The parameter `for` of one element of the header `Forwarded` (RFC 7239).
    private static func forwardedFor(_ element: Substring) -> String {
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "for" else { continue }
            return withoutPort(Substring(trimmed(parts[1]).filter { $0 != "\"" }))
        }
        return ""
    }

    /// Removes the port: `192.0.2.1:80`, `[2001:db8::1]:80`.
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
