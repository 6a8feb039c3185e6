/// Names, labels and numbers in Prometheus's text format 0.0.4.
enum MetricText {
    /// A valid metric name: letters, digits, `_` and `:`, not beginning with a digit.
    static func name(_ label: String) -> String {
        name(label, allowing: ":")
    }

    /// A valid label name: as a metric name, but without `:` and without the prefix `__`, which is reserved for Prometheus.
    static func labelName(_ label: String) -> String {
        var name = name(label, allowing: nil)
        while name.hasPrefix("__") { name.removeFirst() }
        // `le` is reserved for the bounds of histograms.
        return name == "le" ? "le_" : name
    }

    /// Escapes a label's value.
    static func escapedValue(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// Escapes the text of a `# HELP` line, where quotes need no escape.
    static func escapedHelp(_ text: String) -> String {
        text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }

    /// A number; whole numbers are written without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    private static func name(_ label: String, allowing extra: Unicode.Scalar?) -> String {
        var name = ""
        for scalar in label.unicodeScalars {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit, name.isEmpty { name = "_" }
            name.unicodeScalars.append(isLetter || isDigit || scalar == extra ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }
}
