import Configuration

/// One source of settings: the flags, the environment or the configuration file.
struct SettingSource: Sendable {
    let origin: SettingOrigin
    /// Every name that the source contains, in its spelling; of the environment only names that begin with `QUAN_`.
    let names: [String]
    let snapshot: any ConfigSnapshot
    /// The numbers and booleans of a JSON file as text, because its snapshot converts `true` to 1 and so would hide a mistake.
    var bareValues: [String: String] = [:]

    /// The spelling of a setting's key in this source.
    func spelling(of key: String) -> String {
        switch origin {
        case .environment: SettingName.environment(of: key)
        case .flag: SettingName.flag(of: key)
        case .file, .standard: key
        }
    }

    /// The property that a name sets below a setting of kind `properties`; `nil` when the name is not below that setting.
    func property(of name: String, below key: String) -> String? {
        let separator: Character = origin == .environment ? "_" : origin == .flag ? "-" : "."
        let prefix = spelling(of: key) + String(separator)
        guard name.hasPrefix(prefix), name.count > prefix.count else { return nil }
        let property = name.dropFirst(prefix.count)
        guard separator != "." else { return String(property) }
        return property.lowercased().split(separator: separator).joined(separator: ".")
    }

    /// The checked value of a setting in this source; `nil` when the source does not set it. `key` is the setting's key or its
    /// former key.
    func content(of declaration: SettingDeclaration, at key: String) throws(InvalidValue) -> SettingContent? {
        guard names.contains(spelling(of: key)) else { return nil }
        let text = try text(at: key, kind: declaration.kind)
        guard let content = declaration.kind.content(ofText: text) else { throw InvalidValue(text: text) }
        return content
    }

    /// The value of a property below a setting's key.
    func text(ofProperty property: String, below key: String) throws(InvalidValue) -> String {
        try text(at: key + "." + property, kind: .text)
    }

    /// The value as text, whatever its type in the source, so that the same code checks all sources.
    private func text(at key: String, kind: SettingKind) throws(InvalidValue) -> String {
        if let bare = bareValues[key] { return bare }
        if case .string(let text)? = content(at: key, .string) { return text }
        guard case .stringArray(let texts)? = content(at: key, .stringArray) else { throw InvalidValue(text: nil) }
        if texts.isEmpty, origin == .flag, kind == .boolean { return "true" }
        // The library splits a flag's value at commas; for a setting that is no list, the parts are joined again.
        guard kind == .list || (origin == .flag && !texts.isEmpty) else { throw InvalidValue(text: texts.isEmpty ? nil : "\(texts)") }
        return texts.joined(separator: ",")
    }

    private func content(at key: String, _ type: ConfigType) -> ConfigContent? {
        let components = key.split(separator: ".").map(String.init)
        let lookup = AbsoluteConfigKey(origin == .environment ? ["quan"] + components : components)
        // A failed conversion means that the value has another type, which the caller tries next.
        return (try? snapshot.value(forKey: lookup, type: type))?.value?.content
    }
}

/// A value that its setting does not accept.
struct InvalidValue: Error {
    /// The value; `nil` when it is missing or has no text form.
    var text: String?
}
