/// Collects the faults of a load, so that all are reported at once.
final class FaultLog {
    let file: String
    private(set) var faults: [Fault] = []

    /// The maximum number of faults; a longer list does not help.
    private static let bound = 500

    init(file: String) { self.file = file }

    var hasErrors: Bool { faults.contains { $0.severity == .error } }

    func error(_ place: SourcePlace, _ problem: String, _ remedy: String) {
        add(Fault(.error, file: file, place: place, problem: problem, remedy: remedy))
    }

    func warning(_ place: SourcePlace, _ problem: String, _ remedy: String) {
        add(Fault(.warning, file: file, place: place, problem: problem, remedy: remedy))
    }

    private func add(_ fault: Fault) {
        guard faults.count < Self.bound, !faults.contains(fault) else { return }
        faults.append(fault)
    }

    /// The faults in the order of the file.
    var sorted: [Fault] {
        faults.enumerated()
            .sorted {
                ($0.element.place.line, $0.element.place.column, $0.offset) < ($1.element.place.line, $1.element.place.column, $1.offset)
            }
            .map(\.element)
    }
}
