import Foundation
import Yams

/// Who is shown which fields of what: role by party by class of fields, as data. The text is `Reading/read-table.yaml`.
struct ReadTable: Sendable {
    /// What can be read.
    enum Kind: String, Sendable, CaseIterable {
        case order, redemption, paper, disbursement, batch, payee, enterprise, entitlement, institution, product, operation
    }

    /// As whose a thing is somebody's own.
    enum Party: String, Sendable, Decodable {
        case enterprise, institution, asker
    }

    /// To whom classes of fields are shown.
    struct Reader: Sendable, Decodable {
        let role: String
        let own: Party?
        let office: Bool?
        let notice: Bool?
        let shows: Set<String>

        private enum CodingKeys: String, CodingKey {
            case role = "as"
            case own, office, notice, shows
        }
    }

    /// What the table says of one kind.
    struct Entry: Sendable, Decodable {
        let classes: [String: Set<String>]
        let readers: [Reader]
        /// The fields of the JSON by the names that a programme publishes.
        let published: [String: String]?

        /// The fields that a reader is shown.
        func fields(_ reader: Reader) -> Set<String> { reader.shows.reduce(into: []) { $0.formUnion(classes[$1] ?? []) } }

        /// Every field that some class names.
        var allFields: Set<String> { classes.values.reduce(into: []) { $0.formUnion($1) } }
    }

    /// Whoever has signed in.
    static let anybody = "anybody"
    /// Also who has not.
    static let everybody = "everybody"

    private let entries: [Kind: Entry]

    /// Reads a table. Throws where it is malformed, lacks a kind, or a reader is shown a class that is none.
    init(yaml: String) throws {
        let read = try YAMLDecoder().decode([String: Entry].self, from: yaml)
        var entries: [Kind: Entry] = [:]
        for (name, entry) in read {
            guard let kind = Kind(rawValue: name) else { throw MalformedReadTable(what: "\(name) is no kind of thing") }
            for reader in entry.readers {
                for name in reader.shows where entry.classes[name] == nil {
                    throw MalformedReadTable(what: "\(kind) has no class \(name)")
                }
                let conditions = [reader.own != nil, reader.office == true, reader.notice == true].filter { $0 }
                guard conditions.count == (reader.role == Self.everybody ? 0 : 1) else {
                    throw MalformedReadTable(what: "\(kind): a reader has one of own, office and notice; everybody has none")
                }
            }
            for field in entry.published?.values.sorted() ?? [] where !entry.allFields.contains(field) {
                throw MalformedReadTable(what: "\(kind) has no field \(field)")
            }
            entries[kind] = entry
        }
        for kind in Kind.allCases where entries[kind] == nil { throw MalformedReadTable(what: "\(kind) is missing") }
        self.entries = entries
    }

    /// The platform's own.
    static func platform() throws -> ReadTable { try ReadTable(yaml: platformText) }

    /// Its text.
    static var platformText: String { String(decoding: PackageResources.read_table_yaml, as: UTF8.self) }

    /// What the table says of a kind.
    subscript(_ kind: Kind) -> Entry { entries[kind] ?? Entry(classes: [:], readers: [], published: nil) }
}

/// A read table that nothing can be read by.
struct MalformedReadTable: Error, CustomStringConvertible {
    let what: String
    var description: String { "the read table: \(what)" }
}
