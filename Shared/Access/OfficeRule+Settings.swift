public import ServiceHost

extension OfficeRule {
    /// The rule that follows from a service's settings. Throws `MalformedOffice`.
    public init(_ settings: Settings) throws(MalformedOffice) {
        try self.init(settings[HostSettings.offices], isRehearsal: settings[HostSettings.rehearsal])
    }
}

extension SettingsRule {
    /// Each element of the setting `offices` must name an office.
    public static let offices = readable(HostSettings.offices) { _ = try OfficeRule($0) }
}
