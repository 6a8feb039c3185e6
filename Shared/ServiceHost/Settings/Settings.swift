/// A service's settings, all of them read, checked and complete.
public struct Settings: Sendable {
    struct Resolved: Sendable {
        let declaration: SettingDeclaration
        let content: SettingContent?
        let origin: SettingOrigin
    }

    let resolved: [String: Resolved]

    /// A setting's value: what was set, or its default.
    ///
    /// A setting that the service's description does not declare has its default: nothing could have set it.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        guard let content = resolved[setting.declaration.key]?.content else { return setting.fallback }
        return setting.value(content) ?? setting.fallback
    }

    /// Where a setting's value came from.
    public func origin<Value>(of setting: Setting<Value>) -> SettingOrigin {
        resolved[setting.declaration.key]?.origin ?? .standard
    }

    /// What was set, for the first line of the log: key to value and origin, secrets masked, defaults left out.
    public var summary: [String: String] {
        resolved.filter { $0.value.origin != .standard }.mapValues { setting in
            let value = setting.declaration.isSecret ? "(secret)" : setting.content?.text ?? ""
            return "\(value) (\(setting.origin))"
        }
    }

    /// The values of all secret settings, so that logs can blot them out.
    var secrets: [String] {
        resolved.values.filter(\.declaration.isSecret).flatMap { setting -> [String] in
            switch setting.content {
            case .text(let text): [text]
            case .list(let texts): texts
            case .properties(let properties): properties.filter { SecretWord.isIn($0.key) }.map(\.value)
            case .integer, .duration, .boolean, nil: []
            }
        }
    }
}
