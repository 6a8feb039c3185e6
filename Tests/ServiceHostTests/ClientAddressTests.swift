import HTTPTypes
import Testing

@testable import ServiceHost

@Suite("Client addresses")
struct ClientAddressTests {
    private static let proxies = ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"].compactMap(IPNetwork.init)

    private func client(_ peer: String, _ header: ClientAddresses.Header, _ values: String...) throws -> String {
        let name = try #require(HTTPField.Name(header.rawValue))
        var fields = HTTPFields()
        for value in values { fields.append(HTTPField(name: name, value: value)) }
        return ClientAddresses(proxies: Self.proxies, header: header).client(peer: peer, fields)
    }

    @Test(
        "the client is the right-most address that is no configured proxy; addresses to its left are not trusted",
        arguments: [
            ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"), ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"), ("10.1.2.3", ["198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", ["6.6.6.6", "198.51.100.1:4711"], "198.51.100.1"), ("10.1.2.3", [], "10.1.2.3"),
            ("10.1.2.3", ["198.51.100.1, unknown"], "10.1.2.3"), ("::ffff:10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
            ("2001:db8::1", ["2a00:1:2:3:4:5:6:7"], "2a00000100020003/64"), ("11.0.0.1", ["198.51.100.1"], "11.0.0.1"),
        ])
    func forwardedFor(peer: String, values: [String], expected: String) throws {
        let fields = values.reduce(into: HTTPFields()) { fields, value in
            if let name = HTTPField.Name("X-Forwarded-For") { fields.append(HTTPField(name: name, value: value)) }
        }
        #expect(ClientAddresses(proxies: Self.proxies, header: .xForwardedFor).client(peer: peer, fields) == expected)
    }

    @Test("when Forwarded (RFC 7239) is configured, it is the only header that is read")
    func forwarded() throws {
        #expect(try client("10.0.0.1", .forwarded, #"for=6.6.6.6, For="198.51.100.1:80";proto=https"#) == "198.51.100.1")
        #expect(try client("10.0.0.1", .forwarded, #"for="[2a00:1:2:3::7]:4711""#) == "2a00000100020003/64")
        #expect(try client("10.0.0.1", .forwarded, "for=_hidden") == "10.0.0.1")
        #expect(try client("10.0.0.1", .xForwardedFor, "198.51.100.1") == "198.51.100.1")
    }

    @Test(
        "invalid networks are refused", arguments: ["10.0.0.0/33", "10.0.0", "x", "::/129", "1.2.3.4/-1", ""])
    func networks(text: String) { #expect(IPNetwork(text) == nil) }
}
