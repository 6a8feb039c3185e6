import Foundation
import Testing

/// The rows of a file under Tests/Facts, with the column names of its first line.
enum Facts {
    static func rows(_ file: String) throws -> [[String: String]] {
        let lines = records(try String(contentsOf: url(file), encoding: .utf8))
        let header = try #require(lines.first)
        let rows = lines.dropFirst()
        try #require(!rows.isEmpty && rows.allSatisfy { $0.count == header.count }, "\(file) has no rows, or one of another width")
        return rows.map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    static func data(_ file: String) throws -> Data { try Data(contentsOf: url(file)) }

    private static func url(_ file: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Facts/\(file)")
    }

    /// Comma-separated records with quoted fields (RFC 4180).
    private static func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var fields = [""]
        var isQuoted = false
        var hasJustClosed = false
        for character in text {
            switch character {
            case "\"":
                // A quote right behind the closing one was no close: the two stand for one quote.
                if hasJustClosed { fields[fields.count - 1].append(character) }
                hasJustClosed = isQuoted
                isQuoted.toggle()
                continue
            case "," where !isQuoted: fields.append("")
            case "\n" where !isQuoted, "\r\n" where !isQuoted:
                records.append(fields)
                fields = [""]
            default: fields[fields.count - 1].append(character)
            }
            hasJustClosed = false
        }
        return fields == [""] ? records : records + [fields]
    }
}

extension [String: String] {
    /// The field of that name, which must exist.
    func field(_ name: String) throws -> String { try #require(self[name], "no column \(name)") }
}
