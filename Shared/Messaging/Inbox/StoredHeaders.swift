import Foundation
import Kafka
import Postgres

/// A record's headers as JSON: the value as text where possible, otherwise as base 64.
struct StoredHeaders: Codable, Sendable {
    private struct Header: Codable {
        var name: String
        var text: String?
        var base64: String?
    }

    private let headers: [Header]

    init(_ headers: [KafkaHeader]) {
        self.headers = headers.map { header in
            // jsonb rejects NUL, even escaped.
            let name = header.name.replacing("\0", with: "\u{FFFD}")
            guard let value = header.value else { return Header(name: name) }
            if !value.contains(0), let text = String(validating: value, as: UTF8.self) { return Header(name: name, text: text) }
            return Header(name: name, base64: Data(value).base64EncodedString())
        }
    }

    init(from decoder: any Decoder) throws { headers = try decoder.singleValueContainer().decode([Header].self) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(headers)
    }

    /// The headers as JSON.
    static func json(_ headers: [KafkaHeader]) throws -> PostgresJSON { try PostgresJSON(encoding: StoredHeaders(headers)) }

    var kafkaHeaders: [KafkaHeader] {
        headers.map { header in
            let bytes = header.base64.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
            return KafkaHeader(name: header.name, value: header.text.map { Array($0.utf8) } ?? bytes)
        }
    }
}

extension [KafkaHeader] {
    /// The headers without the access token.
    var withoutToken: [KafkaHeader] { filter { $0.name != EnvelopeHeaders.token } }
}
