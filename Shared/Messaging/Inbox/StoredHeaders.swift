import Foundation
import Kafka
import Postgres

/// A record's headers in their stored form: as text where possible, otherwise as base 64.
struct StoredHeaders: Codable, Sendable {
    private struct Header: Codable {
        var name: String
        var text: String?
        var base64: String?
    }

    private let headers: [Header]

    init(_ headers: [KafkaHeader]) {
        self.headers = headers.map { header in
            guard let value = header.value else { return Header(name: header.name) }
            // jsonb rejects NUL, even escaped.
            if !value.contains(0), let text = String(validating: value, as: UTF8.self) { return Header(name: header.name, text: text) }
            return Header(name: header.name, base64: Data(value).base64EncodedString())
        }
    }

    init(from decoder: any Decoder) throws {
        headers = try decoder.singleValueContainer().decode([Header].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(headers)
    }

    var kafkaHeaders: [KafkaHeader] {
        headers.map { header in
            KafkaHeader(
                name: header.name,
                value: header.text.map { Array($0.utf8) } ?? header.base64.flatMap { Data(base64Encoded: $0) }.map { Array($0) })
        }
    }

    /// The headers as JSON. NUL in a name is replaced, because jsonb rejects it.
    static func json(_ headers: [KafkaHeader]) throws -> PostgresJSON {
        try PostgresJSON(
            encoding: StoredHeaders(headers.map { KafkaHeader(name: $0.name.replacing("\0", with: "\u{FFFD}"), value: $0.value) }))
    }
}

extension [KafkaHeader] {
    /// The headers without the access token.
    var withoutToken: [KafkaHeader] { filter { $0.name != EnvelopeHeaders.token } }
}
