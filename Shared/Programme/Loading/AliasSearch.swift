/// Searches for YAML aliases before parsing, because a few lines of them can expand without limit. Programme files do not need
/// them. Stars in quotes, comments and texts are not aliases.
struct AliasSearch {
    private enum Inside { case nothing, single, double, comment }

    private var inside = Inside.nothing
    private var line = 1
    private var column = 1
    /// The last non-blank character on this line.
    private var last: Unicode.Scalar?
    private var isAfterBlank = true
    private var isEscaped = false
    private var star: SourcePlace?

    static func firstAlias(in text: String) -> SourcePlace? {
        var search = AliasSearch()
        for scalar in text.unicodeScalars {
            if let place = search.step(scalar) { return place }
        }
        return nil
    }

    private mutating func step(_ scalar: Unicode.Scalar) -> SourcePlace? {
        defer { advance(scalar) }
        switch inside {
        case .double:
            if isEscaped { isEscaped = false } else if scalar == "\\" { isEscaped = true } else if scalar == "\"" { inside = .nothing }
        case .single: if scalar == "'" { inside = .nothing }
        case .comment: if scalar == "\n" { inside = .nothing }
        case .nothing:
            if let star, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-" { return star }
            star = scalar == "*" && isWhereValuesBegin ? SourcePlace(line: line, column: column) : nil
            if scalar == "#", isAfterBlank { inside = .comment }
            if scalar == "\"", isWhereValuesBegin { inside = .double }
            if scalar == "'", isWhereValuesBegin { inside = .single }
        }
        return nil
    }

    private var isWhereValuesBegin: Bool { last.map { "[{,:-?'".unicodeScalars.contains($0) } ?? true }

    private mutating func advance(_ scalar: Unicode.Scalar) {
        isAfterBlank = scalar.properties.isWhitespace
        if scalar == "\n" {
            (line, column, last) = (line + 1, 1, nil)
        } else {
            column += 1
            if !isAfterBlank { last = scalar }
        }
    }
}
