/// The spelling of a setting's key in each source.
///
/// The rules are those of swift-configuration's key encoders, which read the values; a test compares the two.
enum SettingName {
    static let environmentPrefix = "QUAN_"
    static let fileFlag = "--config"
    static let fileVariable = "QUAN_CONFIG_FILE"
    static let helpFlag = "--help"

    /// `database.leaseDeadline` as `QUAN_DATABASE_LEASE_DEADLINE`.
    static func environment(of key: String) -> String {
        environmentPrefix + words(of: key).joined(separator: "_").uppercased()
    }

    /// `database.leaseDeadline` as `--database-lease-deadline`.
    static func flag(of key: String) -> String {
        "--" + words(of: key).joined(separator: "-")
    }

    private static func words(of key: String) -> [String] {
        var words: [String] = []
        for component in key.split(separator: ".") {
            var word = ""
            for character in component {
                if character.isUppercase, word.last?.isLowercase == true {
                    words.append(word)
                    word = ""
                }
                word.append(contentsOf: character.lowercased())
            }
            words.append(word)
        }
        return words
    }

    /// The known name that is most similar to a mistyped one; `nil` when none is similar.
    static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let allowed = max(2, name.count / 4)
        let near = known.map { (distance: distance(name, $0), name: $0) }.filter { $0.distance <= allowed }
        return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// The edit distance: the number of characters to add, remove or replace.
    private static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first), second = Array(second)
        var previous = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let replaced = previous[column] + (first[row] == second[column] ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }
}
