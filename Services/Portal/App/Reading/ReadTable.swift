import Foundation
import Yams

/// Maps kind of record, role and relation of the caller to readable classes of fields. The data is `Reading/read-table.yaml`.
struct ReadTable: Sendable {
    /// The kinds of records.
    enum Kind: String, Sendable, CaseIterable {
        case order, redemption, paper, disbursement, batch, payee, enterprise, entitlement, institution, product, operation
    }

    /// The relation by which a record belongs to the caller's organisation.
    enum Party: String, Sendable, Decodable {
        case enterprise, institution, requester
    }

    /// A role with its condition, and the classes of fields it may read.
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

    /// The entry of one kind of record.
    struct Entry: Sendable, Decodable {
        let classes: [String: Set<String>]
        let readers: [Reader]
        /// The JSON fields by the names that a programme's `publishes` uses.
        let published: [String: String]?

        /// The fields that a reader may read.
        func fields(_ reader: Reader) -> Set<String> { reader.shows.reduce(into: []) { $0.formUnion(classes[$1] ?? []) } }

        /// All fields of all classes.
        var allFields: Set<String> { classes.values.reduce(into: []) { $0.formUnion($1) } }
    }

    /// The role of every authenticated caller.
    static let authenticated = "authenticated"
    /// The role of every caller, authenticated or not.
    static let anyone = "anyone"

    private let entries: [Kind: Entry]

    /// Reads a table. Throws where it is malformed, lacks a kind, or names an undefined class.
    init(yaml: String) throws {
        let read = try YAMLDecoder().decode([String: Entry].self, from: yaml)
        var entries: [Kind: Entry] = [:]
        for (name, entry) in read {
            guard let kind = Kind(rawValue: name) else { throw MalformedReadTable(reason: "\(name) is not a kind of record") }
            for reader in entry.readers {
                for name in reader.shows where entry.classes[name] == nil {
                    throw MalformedReadTable(reason: "\(kind) has no class \(name)")
                }
                let conditions = [reader.own != nil, reader.office == true, reader.notice == true].filter { $0 }
                guard conditions.count == (reader.role == Self.anyone ? 0 : 1) else {
                    throw MalformedReadTable(
                        reason: "\(kind): a reader needs exactly one of own, office and notice; the reader anyone has none of them")
                }
            }
            for field in entry.published?.values.sorted() ?? [] where !entry.allFields.contains(field) {
                throw MalformedReadTable(reason: "\(kind) has no field \(field)")
            }
            entries[kind] = entry
        }
        for kind in Kind.allCases where entries[kind] == nil { throw MalformedReadTable(reason: "\(kind) is missing") }
        self.entries = entries
    }

    /// The table of this build.
    static func platform() throws -> ReadTable { try ReadTable(yaml: platformText) }

    /// The YAML text of the table of this build.
    static var platformText: String { String(decoding: PackageResources.read_table_yaml, as: UTF8.self) }

    subscript(_ kind: Kind) -> Entry { entries[kind] ?? Entry(classes: [:], readers: [], published: nil) }
}

/// The read table is malformed.
struct MalformedReadTable: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the read table is malformed: \(reason)" }
}
