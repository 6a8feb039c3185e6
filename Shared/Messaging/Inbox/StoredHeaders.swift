import Foundation
import Kafka
import Postgres

/// A record's headers as a table keeps them: readable where they are text, base 64 where they are not.
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
            // PostgreSQL's jsonb takes no NUL character, not even an escaped one.
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

    /// What stands in place of a name that jsonb would not take.
    static func json(_ headers: [KafkaHeader]) throws -> PostgresJSON {
        try PostgresJSON(
            encoding: StoredHeaders(headers.map { KafkaHeader(name: $0.name.replacing("\0", with: "\u{FFFD}"), value: $0.value) }))
    }
}

extension [KafkaHeader] {
    /// What may be shown, and what a table keeps of all but a command: no access token.
    var withoutToken: [KafkaHeader] { filter { $0.name != EnvelopeHeaders.token } }
}
